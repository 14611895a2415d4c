from django.contrib.auth import get_user_model
from django.test import TestCase
from django.urls import reverse

from shop.models import Order, Product
from shop.orders import place_order


class AdminTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.admin = get_user_model().objects.create_superuser("admin", "admin@example.com", "secret")
        cls.lamp = Product.objects.create(name="Lamp", slug="lamp", price=10, stock=3)
        cls.order = place_order("buyer@example.com", {cls.lamp.pk: 2})

    def setUp(self):
        self.client.force_login(self.admin)

    def act(self, action):
        return self.client.post(
            reverse("admin:shop_order_changelist"),
            {"action": action, "_selected_action": [self.order.pk]},
            follow=True,
        )

    def test_lists(self):
        self.assertContains(self.client.get(reverse("admin:shop_product_changelist"), {"q": "lamp"}), "Lamp")
        response = self.client.get(reverse("admin:shop_order_changelist"), {"q": "buyer"})
        self.assertContains(response, "20.00")

    def test_forms(self):
        response = self.client.get(reverse("admin:shop_order_change", args=[self.order.pk]))
        self.assertContains(response, self.order.number)
        self.assertContains(response, "Lamp")
        self.assertEqual(self.client.get(reverse("admin:shop_product_add")).status_code, 200)
        self.assertEqual(self.client.get(reverse("admin:shop_order_add")).status_code, 403)

    def test_bad_stock_is_a_form_error(self):
        response = self.client.post(
            reverse("admin:shop_product_change", args=[self.lamp.pk]),
            {"name": "Lamp", "slug": "lamp", "description": "", "price": "10", "stock": "-1", "active": "on"},
        )
        self.assertContains(response, "greater than or equal to 0")

    def test_ship(self):
        self.assertContains(self.act("ship"), "1 marked as shipped")
        self.order.refresh_from_db()
        self.assertEqual(self.order.status, Order.Status.SHIPPED)
        self.assertContains(self.act("cancel"), "0 cancelled")

    def test_cancel(self):
        self.assertContains(self.act("cancel"), "1 cancelled")
        self.lamp.refresh_from_db()
        self.assertEqual(self.lamp.stock, 3)

    def test_deleting_a_sold_product_is_refused(self):
        response = self.client.get(reverse("admin:shop_product_delete", args=[self.lamp.pk]))
        self.assertContains(response, "protected")
