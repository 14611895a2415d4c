"""Placing and cancelling orders: the two places where stock changes."""

from django.db import transaction
from django.db.models import F

from .models import Order, OrderLine, Product


class CannotOrder(Exception):
    """Its text is meant for the customer."""


class EmptyCart(CannotOrder):
    def __init__(self):
        super().__init__("Your cart is empty.")


class NoLongerSold(CannotOrder):
    def __init__(self):
        super().__init__("Something in your cart is no longer sold. Please look at your cart again.")


class OutOfStock(CannotOrder):
    def __init__(self, product):
        self.product = product
        if product.stock:
            text = f"Sorry, only {product.stock} of “{product.name}” left. Please order fewer."
        else:
            text = f"Sorry, “{product.name}” has just sold out."
        super().__init__(text)


@transaction.atomic
def place_order(email, quantities):
    """`quantities` maps product ids to numbers. All of it is ordered, or nothing is."""
    if not quantities:
        raise EmptyCart
    # The rows stay locked until the transaction ends: a second buyer waits here, then sees the new stock.
    # Always in the same order, so that two carts with the same products cannot wait for each other.
    products = list(
        Product.objects.select_for_update().filter(pk__in=quantities, active=True).order_by("pk")
    )
    if len(products) != len(quantities):
        raise NoLongerSold
    for product in products:
        if product.stock < quantities[product.pk]:
            raise OutOfStock(product)

    order = Order.objects.create(email=email)
    OrderLine.objects.bulk_create(
        OrderLine(order=order, product=product, quantity=quantities[product.pk], unit_price=product.price)
        for product in products
    )
    for product in products:
        product.stock -= quantities[product.pk]
    Product.objects.bulk_update(products, ["stock"])
    return order


@transaction.atomic
def cancel_order(order):
    """Puts the goods back into stock. Returns False if the order was no longer only placed."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.status != Order.Status.PLACED:
        return False
    for line in order.lines.order_by("product_id"):
        Product.objects.filter(pk=line.product_id).update(stock=F("stock") + line.quantity)
    order.status = Order.Status.CANCELLED
    order.save(update_fields=["status"])
    return True
