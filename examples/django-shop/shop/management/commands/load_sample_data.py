from decimal import Decimal

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.text import slugify

from shop.models import Product

PRODUCTS = [
    ("Brass Lamp", "A table lamp of solid brass, with a warm, small light.", "89.00", 12),
    ("Camping Stove", "Burns gas or petrol. Boils a litre of water in four minutes.", "64.50", 20),
    ("Candle, Beeswax", "Pure beeswax, hand dipped. Burns for about eight hours.", "7.90", 150),
    ("Enamel Mug", "Holds 350 ml. Safe on an open fire.", "11.00", 80),
    ("Fire Steel", "Makes sparks in any weather, about 12,000 times.", "14.95", 60),
    ("Head Torch", "400 lumens, red light for reading maps. Charged by USB-C.", "39.90", 35),
    ("Kettle, Cast Iron", "One litre. Keeps tea hot for an hour.", "54.00", 9),
    ("Lantern, Storm", "Paraffin lantern with a glass chimney and a carrying handle.", "32.00", 25),
    ("Long Matches", "A box of 45 matches, each 28 cm long.", "4.50", 200),
    ("Pilot Light Repair Set", "Thermocouple, nozzle and two spanners.", "24.00", 15),
    ("Pocket Lighter", "Refillable, with a lid that closes with a good sound.", "29.00", 40),
    ("Spirit Burner", "Small, of stainless steel, with a lid that puts out the flame.", "18.75", 30),
    ("Tinder, 100 g", "Resin-rich pine from fallen trees.", "6.20", 90),
    ("Wood Stove, Limited", "One single stove, number 1 of 1.", "740.00", 1),
]


class Command(BaseCommand):
    help = "Adds the sample products that are not there yet. Run it as often as you like: it changes nothing else."

    @transaction.atomic
    def handle(self, *args, **options):
        products = [
            Product(name=name, slug=slugify(name), description=description, price=Decimal(price), stock=stock)
            for name, description, price, stock in PRODUCTS
        ]
        before = Product.objects.count()
        # One statement, one round trip; existing products keep their price and stock.
        Product.objects.bulk_create(products, ignore_conflicts=True)
        added = Product.objects.count() - before
        self.stdout.write(f"{added} products added, {len(products) - added} were already there.")
