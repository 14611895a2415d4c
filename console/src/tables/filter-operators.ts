// How a filter compares, by the word in the address, the sign and the words on the page.

export const filterOperators = [
  ['=', '=', 'is'],
  ['<>', '≠', 'is not'],
  ['<', '<', 'is below'],
  ['<=', '≤', 'is at most'],
  ['>', '>', 'is above'],
  ['>=', '≥', 'is at least'],
  ['contains', 'contains', 'contains'],
  ['starts', 'starts with', 'starts with'],
  ['null', 'is NULL', 'is NULL'],
  ['value', 'is not NULL', 'is not NULL'],
] as const

export type FilterOperator = (typeof filterOperators)[number][0]

export const takesValue = (operator: FilterOperator): boolean => operator !== 'null' && operator !== 'value'
