from decimal import Decimal
from unittest import mock

from django.db import OperationalError
from django.test import TestCase
from django.urls import reverse

from shop.models import Order, Product


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.lamp = Product.objects.create(
            name="Lamp", slug="lamp", description="Gives light", price=Decimal("10.00"), stock=2
        )
        cls.hidden = Product.objects.create(name="Hidden", slug="hidden", price=1, stock=1, active=False)

    def add(self, quantity=1):
        return self.client.post("/products/lamp/add/", {"quantity": quantity}, follow=True)

    def test_list_shows_active_products_only(self):
        response = self.client.get("/")
        self.assertContains(response, "Lamp")
        self.assertNotContains(response, "Hidden")
        self.assertNotIn("sessionid", response.cookies)

    def test_pages_ask_nobody_else(self):
        page = self.client.get("/").content.decode()
        self.assertNotIn("http://", page)
        self.assertNotIn("https://", page)

    def test_search(self):
        self.assertContains(self.client.get("/", {"q": "LIGHT"}), "/products/lamp/")
        self.assertContains(self.client.get("/", {"q": "100%"}), "Nothing found")
        self.assertEqual(self.client.get("/", {"q": "\x00"}).status_code, 200)

    def test_pages_keep_the_search(self):
        Product.objects.bulk_create(
            Product(name=f"Wick {n}", slug=f"wick-{n}", price=1, stock=1) for n in range(13)
        )
        self.assertContains(self.client.get("/", {"q": "wick"}), "?q=wick&amp;page=2")
        self.assertContains(self.client.get("/", {"page": "99"}), "Page 2 of 2")

    def test_detail(self):
        self.assertContains(self.client.get("/products/lamp/"), "2 in stock")
        self.assertEqual(self.client.get("/products/hidden/").status_code, 404)

    def test_cart(self):
        self.assertContains(self.client.get("/cart/"), "Your cart is empty")
        self.assertContains(self.add(2), "€ 20.00")
        self.client.post(f"/cart/{self.lamp.pk}/", {"quantity": 1})
        self.assertContains(self.client.get("/cart/"), "Cart (1)")
        self.client.post(f"/cart/{self.lamp.pk}/", {"quantity": 0})
        self.assertContains(self.client.get("/cart/"), "Your cart is empty")

    def test_cart_refuses_nonsense(self):
        self.assertEqual(self.client.post("/products/lamp/add/", {"quantity": "-1"}).status_code, 422)
        response = self.client.post(f"/cart/{self.lamp.pk}/", {"quantity": "many"}, follow=True)
        self.assertContains(response, "from 0 to 99")
        self.assertEqual(self.client.get("/products/lamp/add/").status_code, 405)

    def test_what_is_no_longer_sold_drops_out_of_the_cart(self):
        self.add()
        Product.objects.update(active=False)
        self.assertContains(self.client.get("/cart/"), "Your cart is empty")

    def test_checkout(self):
        self.add(2)
        response = self.client.post("/checkout/", {"email": "a@example.com"}, follow=True)
        order = Order.objects.get()
        self.assertRedirects(response, reverse("shop:order", args=[order.number]))
        self.assertContains(response, "€ 20.00")
        self.assertContains(response, "Cart (0)")
        self.lamp.refresh_from_db()
        self.assertEqual(self.lamp.stock, 0)

    def test_checkout_without_enough_stock_is_explained(self):
        self.add(2)
        Product.objects.update(stock=1)
        response = self.client.post("/checkout/", {"email": "a@example.com"})
        self.assertContains(response, "only 1 of “Lamp” left", status_code=409)
        self.assertContains(self.client.get("/cart/"), "Cart (2)")
        self.assertFalse(Order.objects.exists())

    def test_checkout_needs_an_address_and_a_cart(self):
        self.assertRedirects(self.client.get("/checkout/"), "/cart/")
        self.add()
        self.assertContains(self.client.post("/checkout/", {"email": "no"}), "valid email", status_code=422)

    def test_order_page_of_nobody(self):
        self.assertEqual(self.client.get("/orders/AAAAAAAAAAAA/").status_code, 404)


class HealthTests(TestCase):
    def test_with_the_database(self):
        with self.assertNumQueries(1):
            response = self.client.get("/healthz")
        self.assertEqual(response.json(), {"status": "ok", "database": "ok"})

    def test_without_the_database(self):
        with self.assertNumQueries(0):
            response = self.client.get("/healthz?database=no")
        self.assertEqual(response.json(), {"status": "ok", "database": "not checked"})

    def test_failure_keeps_its_reason_to_the_log(self):
        with (
            mock.patch("shop.views.connection.cursor", side_effect=OperationalError("secret host")),
            self.assertLogs("shop.views", "ERROR"),
        ):
            response = self.client.get("/healthz")
        self.assertEqual(response.status_code, 503)
        self.assertNotContains(response, "secret", status_code=503)
