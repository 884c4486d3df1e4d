from catalog.admin import site
from catalog.admin.assemblies import SubAssemblyAdmin
from catalog.admin.assets import AssetAdmin, LayerAdmin
from catalog.admin.audit import AuditEntryAdmin
from catalog.admin.lines import BomLineAdmin, LeadTimeLineAdmin, PriceLineAdmin
from catalog.admin.merchants import MerchantAdmin
from catalog.admin.options import DerivedAdmin, OptionAdmin, PresetAdmin
from catalog.admin.prints import PrintAdmin
from catalog.admin.products import ProductAdmin, StepAdmin
from catalog.admin.rules import PreferenceAdmin, RuleAdmin, TableRuleAdmin
from catalog.admin.shapes import FittingAdmin, MaterialAdmin, ShapeAdmin, ShapeCheckAdmin
from catalog.admin.versions import VersionAdmin

__all__ = [
    "AssetAdmin",
    "AuditEntryAdmin",
    "BomLineAdmin",
    "DerivedAdmin",
    "FittingAdmin",
    "LayerAdmin",
    "LeadTimeLineAdmin",
    "MaterialAdmin",
    "MerchantAdmin",
    "OptionAdmin",
    "PreferenceAdmin",
    "PresetAdmin",
    "PriceLineAdmin",
    "PrintAdmin",
    "ProductAdmin",
    "RuleAdmin",
    "ShapeAdmin",
    "ShapeCheckAdmin",
    "StepAdmin",
    "SubAssemblyAdmin",
    "TableRuleAdmin",
    "VersionAdmin",
    "site",
]
