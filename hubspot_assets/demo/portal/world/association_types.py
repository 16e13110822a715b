"""Which pairs of types are associated on a portal, and the association types of each pair.

Type ids of HubSpot's own are those of its public table. They repeat across categories, one pair of records may have
several, and the two directions of a pair have type ids of their own.
"""

# ruff: noqa: E501 - a table is read across

from dataclasses import dataclass
from typing import Literal

from .object_types import ObjectTypes

HUBSPOT, USER, INTEGRATOR, WORK = "HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED", "WORK"
When = Literal["always", "first", "sometimes", "never"]


@dataclass(frozen=True)
class AssociationType:
    """One type in one direction."""

    category: str
    type_id: int
    label: str | None
    name: str


@dataclass(frozen=True)
class LinkType:
    """One type in both directions, and which pairs of records have it."""

    there: AssociationType
    back: AssociationType
    when: When
    """``first``: only the first partner of a record; ``sometimes``: one pair in five."""


@dataclass(frozen=True)
class Link:
    """Two types that are associated; ``many`` has one or two partners each among ``one``."""

    many: str
    one: str
    types: tuple[LinkType, ...]
    biggest: int = 0
    """How many of ``many`` the first of ``one`` has, if there are so many."""


def _type(
    there: int,
    back: int,
    names: str,
    *,
    category: str = HUBSPOT,
    labels: tuple[str | None, str | None] = (None, None),
    when: When = "always",
) -> LinkType:
    name, _, inverse = names.partition("|")
    return LinkType(
        AssociationType(category, there, labels[0], name), AssociationType(category, back, labels[1], inverse), when
    )


def _plain(many: str, one: str, there: int, back: int, names: tuple[str, str]) -> Link:
    return Link(many, one, (_type(there, back, f"{names[0]}_to_{names[1]}|{names[1]}_to_{names[0]}"),))


_PRIMARY: tuple[str, str] = ("Primary", "Primary")

_LABELLED = (
    Link("0-1", "0-2", (
        _type(279, 280, "contact_to_company_unlabeled|company_to_contact_unlabeled"),
        _type(1, 2, "contact_to_company|company_to_contact", labels=_PRIMARY, when="first"),
        _type(1, 2, "billing_contact|billing_contact_of", category=USER, labels=("Billing, “main”", "Is billed"), when="sometimes"),
        _type(5, 6, "former_employee|former_employer", category=USER, labels=("Former employee", "Former employee"), when="never"),
    )),
    Link("0-3", "0-1", (
        _type(3, 4, "deal_to_contact|contact_to_deal"),
        _type(11, 12, "decision_maker|decides_on", category=USER, labels=("Decision maker", "Decides on"), when="sometimes"),
        _type(7, 8, "erp_sync|erp_sync_of", category=INTEGRATOR, labels=("Synced from ERP", "Synced from ERP"), when="first"),
    )),
    Link("0-3", "0-2", (
        _type(341, 342, "deal_to_company_unlabeled|company_to_deal_unlabeled"),
        _type(5, 6, "deal_to_company|company_to_deal", labels=_PRIMARY, when="first"),
    ), biggest=1762),
    Link("0-5", "0-2", (
        _type(339, 340, "ticket_to_company_unlabeled|company_to_ticket_unlabeled"),
        _type(26, 25, "ticket_to_company|company_to_ticket", labels=_PRIMARY, when="first"),
    )),
    Link("0-27", "0-5", (
        _type(230, 229, "task_to_ticket|ticket_to_task"),
        _type(230, 229, "work_of|works_on", category=WORK, labels=("Work", "Work"), when="sometimes"),
    )),
    Link("0-2", "0-2", (
        _type(14, 13, "child_to_parent_company|parent_to_child_company", labels=("Parent company", "Child company")),
        _type(450, 450, "company_to_company|company_to_company", when="sometimes"),
    )),
    Link("0-1", "0-1", (
        _type(449, 449, "contact_to_contact|contact_to_contact"),
        _type(31, 32, "manager|report", category=USER, labels=("Manager", "Report"), when="sometimes"),
    )),
)  # fmt: skip

_NAMES = {
    "0-1": "contact",
    "0-2": "company",
    "0-3": "deal",
    "0-5": "ticket",
    "0-8": "line_item",
    "0-14": "quote",
    "0-18": "communication",
    "0-19": "feedback_submission",
    "0-27": "task",
    "0-46": "note",
    "0-47": "meeting_event",
    "0-48": "call",
    "0-49": "email",
    "0-53": "invoice",
    "0-69": "subscription",
    "0-101": "commerce_payment",
    "0-116": "postal_mail",
    "0-123": "order",
    "0-136": "lead",
    "0-142": "cart",
    "0-162": "service",
    "0-410": "course",
    "0-420": "listing",
    "0-421": "appointment",
}
_UNLABELLED = (
    ("0-5", "0-1", 16, 15), ("0-5", "0-3", 28, 27), ("0-8", "0-3", 20, 19), ("0-8", "0-14", 68, 67),
    ("0-14", "0-3", 64, 63), ("0-14", "0-1", 69, 70), ("0-14", "0-2", 71, 72),
    ("0-46", "0-1", 202, 201), ("0-46", "0-2", 190, 189), ("0-46", "0-3", 214, 213), ("0-46", "0-5", 228, 227),
    ("0-47", "0-1", 200, 199), ("0-47", "0-2", 188, 187), ("0-47", "0-3", 212, 211), ("0-47", "0-5", 226, 225),
    ("0-48", "0-1", 194, 193), ("0-48", "0-2", 182, 181), ("0-48", "0-3", 206, 205), ("0-48", "0-5", 220, 219),
    ("0-49", "0-1", 198, 197), ("0-49", "0-2", 186, 185), ("0-49", "0-3", 210, 209), ("0-49", "0-5", 224, 223),
    ("0-27", "0-1", 204, 203), ("0-27", "0-2", 192, 191), ("0-27", "0-3", 216, 215),
    ("0-18", "0-1", 81, 82), ("0-18", "0-2", 87, 88), ("0-18", "0-3", 85, 86), ("0-116", "0-1", 453, 454), ("0-116", "0-2", 459, 460),
    ("0-136", "0-1", 578, 579), ("0-123", "0-1", 507, 508), ("0-123", "0-2", 509, 510), ("0-142", "0-1", 586, 587),
    ("0-53", "0-1", 177, 178), ("0-53", "0-2", 179, 180), ("0-69", "0-1", 295, 296), ("0-69", "0-2", 297, 298),
    ("0-101", "0-1", 387, 388), ("0-101", "0-2", 389, 390), ("0-19", "0-1", 98, 97), ("0-19", "0-5", 99, 100),
    ("0-162", "0-1", 798, 799), ("0-410", "0-1", 860, 861), ("0-420", "0-1", 882, 883), ("0-421", "0-1", 906, 907),
)  # fmt: skip


def links_of(object_types: ObjectTypes) -> list[Link]:
    """The links of a portal, those of its custom objects too."""
    links = [*_LABELLED, *(_plain(m, o, t, b, (_NAMES[m], _NAMES[o])) for m, o, t, b in _UNLABELLED)]
    custom = object_types.custom
    for index, custom_type in enumerate(custom):
        first, own = 101 + 10 * index, custom_type.name
        links += [
            Link(custom_type.object_type_id, "0-1", (
                _type(first, first + 1, f"{own}_to_contact|contact_to_{own}", category=USER),
                _type(first + 2, first + 3, f"{own}_driver|drives_{own}", category=USER, labels=("Driver", "Drives"), when="sometimes"),
            )),
            Link(custom_type.object_type_id, "0-2", (_type(first + 4, first + 5, f"{own}_to_company|company_to_{own}", category=USER),)),
        ]  # fmt: skip
        if index:
            before = custom[index - 1]
            names = f"{own}_to_{before.name}|{before.name}_to_{own}"
            links.append(
                Link(
                    custom_type.object_type_id,
                    before.object_type_id,
                    (_type(first + 6, first + 7, names, category=USER),),
                )
            )
    kept = {t.object_type_id for t in object_types.served()}
    return [link for link in links if {link.many, link.one} <= kept]
