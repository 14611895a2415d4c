from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import TestCase

from shop.models import Order, OrderLine, Product


class ConstraintTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.lamp = Product.objects.create(name="Lamp", slug="lamp", price=Decimal("10.00"), stock=3)
        cls.order = Order.objects.create(email="a@example.com")

    def refused(self, name):
        return self.assertRaisesRegex(IntegrityError, name)

    def test_stock_never_below_zero(self):
        with self.refused("product_stock_not_negative"), transaction.atomic():
            Product.objects.filter(pk=self.lamp.pk).update(stock=-1)

    def test_price_never_below_zero(self):
        with self.refused("product_price_not_negative"), transaction.atomic():
            Product.objects.filter(pk=self.lamp.pk).update(price=-1)

    def test_name_and_slug_once(self):
        with self.refused("slug"), transaction.atomic():
            Product.objects.create(name="Other", slug="lamp", price=1)
        with self.refused("name"), transaction.atomic():
            Product.objects.create(name="Lamp", slug="other", price=1)

    def test_quantity_above_zero(self):
        with self.refused("order_line_quantity_positive"), transaction.atomic():
            OrderLine.objects.create(order=self.order, product=self.lamp, quantity=0, unit_price=1)

    def test_a_product_once_in_an_order(self):
        OrderLine.objects.create(order=self.order, product=self.lamp, quantity=1, unit_price=1)
        with self.refused("order_line_product_once"), transaction.atomic():
            OrderLine.objects.create(order=self.order, product=self.lamp, quantity=1, unit_price=1)

    def test_status_is_a_known_one(self):
        with self.refused("order_status_known"), transaction.atomic():
            Order.objects.filter(pk=self.order.pk).update(status="lost")

    def test_order_numbers_are_unique(self):
        with self.refused("number"), transaction.atomic():
            Order.objects.create(email="b@example.com", number=self.order.number)

    def test_a_sold_product_cannot_be_deleted(self):
        OrderLine.objects.create(order=self.order, product=self.lamp, quantity=1, unit_price=1)
        with self.assertRaises(ProtectedError):
            self.lamp.delete()
