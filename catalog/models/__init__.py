from catalog.models.assemblies import SubAssembly
from catalog.models.assets import Asset, Layer
from catalog.models.audit import AuditEntry
from catalog.models.checks import AcceptedFinding, CheckRun
from catalog.models.imports import ImportRun
from catalog.models.lines import BomLine, LeadTimeLine, PriceLine
from catalog.models.merchants import Membership, Merchant
from catalog.models.options import Derived, Option, Preset, Value
from catalog.models.prints import Print
from catalog.models.products import Group, Product, Step
from catalog.models.rules import Preference, Rule, TableRule
from catalog.models.shapes import Fitting, Material, Shape, ShapeCheck
from catalog.models.versions import Version
from catalog.roles import Role

__all__ = [
    "AcceptedFinding",
    "Asset",
    "AuditEntry",
    "BomLine",
    "CheckRun",
    "Derived",
    "Fitting",
    "Group",
    "ImportRun",
    "Layer",
    "LeadTimeLine",
    "Material",
    "Membership",
    "Merchant",
    "Option",
    "Preference",
    "Preset",
    "PriceLine",
    "Print",
    "Product",
    "Role",
    "Rule",
    "Shape",
    "ShapeCheck",
    "Step",
    "SubAssembly",
    "TableRule",
    "Value",
    "Version",
]
