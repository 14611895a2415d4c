import threading
from decimal import Decimal

from django.db import connection
from django.test import TestCase, TransactionTestCase

from shop.models import Order, OrderLine, Product
from shop.orders import EmptyCart, NoLongerSold, OutOfStock, cancel_order, place_order


class PlaceOrderTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.lamp = Product.objects.create(name="Lamp", slug="lamp", price=Decimal("10.00"), stock=3)
        cls.mug = Product.objects.create(name="Mug", slug="mug", price=Decimal("2.50"), stock=1)

    def stock(self):
        return list(Product.objects.order_by("pk").values_list("stock", flat=True))

    def test_takes_the_stock_and_keeps_the_price(self):
        order = place_order("a@example.com", {self.lamp.pk: 2, self.mug.pk: 1})
        self.assertEqual(self.stock(), [1, 0])
        Product.objects.update(price=99)
        self.assertEqual(Order.objects.with_total().get(pk=order.pk).total, Decimal("22.50"))

    def test_all_or_nothing(self):
        with self.assertRaisesMessage(OutOfStock, "only 1 of “Mug” left"):
            place_order("a@example.com", {self.lamp.pk: 1, self.mug.pk: 2})
        self.assertEqual(self.stock(), [3, 1])
        self.assertFalse(Order.objects.exists())

    def test_sold_out(self):
        Product.objects.filter(pk=self.mug.pk).update(stock=0)
        with self.assertRaisesMessage(OutOfStock, "“Mug” has just sold out"):
            place_order("a@example.com", {self.mug.pk: 1})

    def test_inactive_products_and_empty_carts(self):
        Product.objects.filter(pk=self.mug.pk).update(active=False)
        with self.assertRaises(NoLongerSold):
            place_order("a@example.com", {self.mug.pk: 1})
        with self.assertRaises(EmptyCart):
            place_order("a@example.com", {})

    def test_cancelling_puts_the_goods_back_once(self):
        order = place_order("a@example.com", {self.lamp.pk: 2})
        self.assertTrue(cancel_order(order))
        self.assertFalse(cancel_order(order))
        self.assertEqual(self.stock(), [3, 1])


class ConcurrencyTests(TransactionTestCase):
    """Two real connections, so no TestCase: its transaction would hide one buyer from the other."""

    def buy_together(self, *carts):
        barrier = threading.Barrier(len(carts))
        results = []

        def buy(cart):
            try:
                # Connected before the barrier, so that both buyers really meet at the lock.
                connection.ensure_connection()
                barrier.wait(timeout=30)
                results.append(place_order("a@example.com", cart))
            except Exception as error:
                results.append(error)
            finally:
                # This thread's connection: left open, it would stop the test database from being dropped.
                connection.close()

        threads = [threading.Thread(target=buy, args=[cart]) for cart in carts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return results

    def test_two_buyers_of_the_last_item(self):
        stove = Product.objects.create(name="Stove", slug="stove", price=1, stock=1)
        results = self.buy_together({stove.pk: 1}, {stove.pk: 1})
        self.assertCountEqual([type(result) for result in results], [Order, OutOfStock])
        stove.refresh_from_db()
        self.assertEqual((stove.stock, OrderLine.objects.count()), (0, 1))

    def test_carts_in_opposite_order_do_not_deadlock(self):
        one = Product.objects.create(name="One", slug="one", price=1, stock=100)
        two = Product.objects.create(name="Two", slug="two", price=1, stock=100)
        for _ in range(5):
            results = self.buy_together({one.pk: 1, two.pk: 1}, {two.pk: 1, one.pk: 1})
            self.assertEqual([type(result) for result in results], [Order, Order])
        one.refresh_from_db()
        self.assertEqual(one.stock, 90)
