from io import StringIO

from django.core.management import call_command
from django.test import TestCase

from shop.models import Product


class LoadSampleDataTests(TestCase):
    def run_it(self):
        out = StringIO()
        call_command("load_sample_data", stdout=out)
        return out.getvalue()

    def test_twice(self):
        self.assertIn("14 products added", self.run_it())
        Product.objects.filter(slug="brass-lamp").update(price=1, stock=0)
        self.assertIn("0 products added, 14 were already there", self.run_it())
        lamp = Product.objects.get(slug="brass-lamp")
        self.assertEqual((lamp.price, lamp.stock), (1, 0))

    def test_migrations_are_complete(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
