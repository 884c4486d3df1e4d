from catalog.models.assemblies import SubAssembly
from catalog.models.assets import Asset, Layer
from catalog.models.lines import BomLine, LeadTimeLine, PriceLine
from catalog.models.merchants import Membership, Merchant, Role
from catalog.models.options import Derived, Option, Preset, Value
from catalog.models.products import Group, Product, Step
from catalog.models.rules import Rule, TableRule
from catalog.models.versions import Version

__all__ = [
    "Asset",
    "BomLine",
    "Derived",
    "Group",
    "Layer",
    "LeadTimeLine",
    "Membership",
    "Merchant",
    "Option",
    "Preset",
    "PriceLine",
    "Product",
    "Role",
    "Rule",
    "Step",
    "SubAssembly",
    "TableRule",
    "Value",
    "Version",
]
