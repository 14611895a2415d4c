// Who, with which keys, in which organization, and what was used.

import { ConsumptionHistoryGranularity, MemberRole } from '@neondatabase/api-client'
import { answered, type Call } from './calls.ts'

const day = 86_400_000
const lastDays = () => ({
  from: new Date(Math.floor(Date.now() / day - 2) * day).toISOString(),
  to: new Date(Math.floor(Date.now() / day) * day).toISOString(),
  granularity: ConsumptionHistoryGranularity.Daily,
})

export const callsOfAccounts: Call[] = [
  ['getCurrentUserInfo', 200, ({ api }) => api.getCurrentUserInfo()],
  [
    'getCurrentUserOrganizations',
    200,
    async ({ api, made }) => {
      const answer = await api.getCurrentUserOrganizations()
      made.set('organization', answer.data.organizations[0]!.id)
      return answer
    },
  ],
  ['getAuthDetails', 200, ({ api }) => api.getAuthDetails()],
  ['getActiveRegions', 200, ({ api }) => api.getActiveRegions({})],
  [
    'createApiKey',
    200,
    async ({ api, made }) => {
      const answer = await api.createApiKey({ key_name: 'second' })
      made.set('key', String(answer.data.id))
      return answer
    },
  ],
  ['listApiKeys', 200, ({ api }) => api.listApiKeys()],
  ['revokeApiKey', 200, ({ api, the }) => api.revokeApiKey(Number(the('key')))],
  ['getOrganization', 200, ({ api, the }) => api.getOrganization(the('organization'))],
  [
    'createOrgApiKey',
    200,
    async ({ api, the, made, project }) => {
      const answer = await api.createOrgApiKey(the('organization'), {
        key_name: 'of one project',
        project_id: project.id,
      })
      made.set('organization key', String(answer.data.id))
      return answer
    },
  ],
  ['listOrgApiKeys', 200, ({ api, the }) => api.listOrgApiKeys(the('organization'))],
  [
    'revokeOrgApiKey',
    200,
    ({ api, the }) => api.revokeOrgApiKey(the('organization'), Number(the('organization key'))),
  ],
  [
    'getOrganizationMembers',
    200,
    async ({ api, the, made }) => {
      const answer = await api.getOrganizationMembers({ orgId: the('organization') })
      made.set('member', answer.data.members[0]!.member.id)
      return answer
    },
  ],
  [
    'getOrganizationMember',
    200,
    ({ api, the }) => api.getOrganizationMember(the('organization'), the('member')),
  ],
  [
    'updateOrganizationMember',
    200,
    ({ api, the }) =>
      api.updateOrganizationMember(the('organization'), the('member'), { role: MemberRole.Admin }),
  ],
  [
    'removeOrganizationMember',
    422,
    ({ api, the }) => answered(api.removeOrganizationMember(the('organization'), the('member'))),
  ],
  [
    'createOrganizationInvitations',
    422,
    ({ api, the }) =>
      answered(
        api.createOrganizationInvitations(the('organization'), {
          invitations: [{ email: 'ada@example.com', role: MemberRole.Member }],
        }),
      ),
  ],
  [
    'transferProjectsFromOrgToOrg',
    200,
    ({ api, the, project }) =>
      api.transferProjectsFromOrgToOrg(the('organization'), {
        destination_org_id: the('organization'),
        project_ids: [project.id],
      }),
  ],
  [
    'transferProjectsFromUserToOrg',
    200,
    ({ api, the, project }) =>
      api.transferProjectsFromUserToOrg({
        destination_org_id: the('organization'),
        project_ids: [project.id],
      }),
  ],
  ['getOrganizationInvitations', 200, ({ api, the }) => api.getOrganizationInvitations(the('organization'))],
  [
    'getConsumptionHistoryPerProject',
    200,
    ({ api, the }) => api.getConsumptionHistoryPerProject({ ...lastDays(), org_id: the('organization') }),
  ],
  [
    'getConsumptionHistoryPerProjectV2',
    200,
    ({ api, the }) =>
      api.getConsumptionHistoryPerProjectV2({
        ...lastDays(),
        org_id: the('organization'),
        metrics: ['compute_unit_seconds'],
      }),
  ],
  [
    'getConsumptionHistoryPerBranchV2',
    200,
    ({ api, the, project }) =>
      api.getConsumptionHistoryPerBranchV2({
        ...lastDays(),
        org_id: the('organization'),
        project_ids: [project.id],
        metrics: ['compute_unit_seconds'],
      }),
  ],
  ['revokeApiKey', 404, ({ api }) => answered(api.revokeApiKey(123_456_789))],
]
