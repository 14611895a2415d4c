"""The cart: product ids and quantities, kept in the visitor's session."""

from .models import OrderLine, Product

KEY = "cart"
MAX_QUANTITY = 99


class Cart:
    def __init__(self, session):
        self.session = session

    @property
    def quantities(self):
        # A session is stored as JSON, whose keys are strings.
        return {int(product): quantity for product, quantity in self.session.get(KEY, {}).items()}

    def _store(self, quantities):
        self.session[KEY] = {str(product): quantity for product, quantity in quantities.items()}

    def add(self, product, quantity=1):
        self.set(product.pk, self.quantities.get(product.pk, 0) + quantity)

    def set(self, product_id, quantity):
        quantities = self.quantities
        if quantity > 0:
            quantities[product_id] = min(quantity, MAX_QUANTITY)
        else:
            quantities.pop(product_id, None)
        self._store(quantities)

    def clear(self):
        self.session.pop(KEY, None)

    def lines(self):
        """Unsaved order lines with today's prices. What is no longer sold drops out of the cart."""
        quantities = self.quantities
        products = Product.objects.filter(pk__in=quantities, active=True) if quantities else []
        lines = [
            OrderLine(product=product, quantity=quantities[product.pk], unit_price=product.price)
            for product in products
        ]
        if len(lines) != len(quantities):
            self._store({line.product_id: line.quantity for line in lines})
        return lines

    def __len__(self):
        return sum(self.quantities.values())


def context_processor(request):
    return {"cart_size": len(Cart(request.session))}
