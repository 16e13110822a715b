"""The forms of a portal, of every type HubSpot has, and what people submitted through them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed
from .pieces import Piece, Pieces, text_of
from .times import DAY_MS, ms_of

FORM_TYPES = ("hubspot", "captured", "flow", "blog_comment")
# HubSpot's own forms most.
_TYPES = ("hubspot", "hubspot", "hubspot", "captured", "flow", "blog_comment")
LANGUAGES = ("en", "de", "fr", "ja")


class Submission(NamedTuple):
    """What one person sent; ``values`` are pairs of name and value, a name may come twice."""

    submitted_ms: int
    values: tuple[tuple[str, str], ...]
    page_url: str
    conversion_id: str | None


def form_type(form: Piece) -> str:
    return _TYPES[form.number % len(_TYPES)]


def field_groups(form: Piece) -> list[dict[str, Any]]:
    """The fields of a form in their groups; forms that HubSpot captured elsewhere have only the first."""

    def field(name: str, field_type: str, **more: Any) -> dict[str, Any]:
        label = name.capitalize() if form.chance % 2 else form.text(len(name))
        base = {"objectTypeId": "0-1", "name": name, "label": label, "required": name == "email", "hidden": False}
        return {**base, "fieldType": field_type, "dependentFields": [], **more}

    email = field("email", "email", validation={"blockedEmailDomains": ["ex.com"], "useDefaultBlockList": False})
    groups = [[email]]
    if form_type(form) == "hubspot":
        options = [{"label": v.upper(), "value": v, "description": "", "displayOrder": n} for n, v in enumerate("abc")]
        groups.append([field("firstname", "single_line_text"), field("lastname", "single_line_text")])
        groups.append([field("interest", "multiple_checkboxes", options=options, defaultValues=[])])
        groups.append([field("message", "multi_line_text", placeholder=form.text(9), description=form.text(10))])
    return [{"groupType": "default_group", "richTextType": "text", "fields": fields} for fields in groups]


class Forms:
    """The forms of a portal and their submissions."""

    def __init__(self, settings: PortalSettings, forms: Pieces, submissions: int) -> None:
        self.all = forms.all
        self._seed = mixed(settings.seed, 41)
        self._start = ms_of(settings.first_day)
        self._days = max(0, (settings.day - settings.first_day).days)
        self._submissions = submissions
        self._by_guid = {form.guid: form for form in self.all}
        self.arrived: Counter[str] = Counter()
        """What came while the portal was read, by the form's guid."""

    def listed(self, archived: bool, types: set[str]) -> list[Piece]:
        return [f for f in self.all if (f.archived_ms is not None) is archived and form_type(f) in types]

    def find(self, guid: str) -> Piece | None:
        return self._by_guid.get(guid)

    @staticmethod
    def refuses_submissions(form: Piece) -> bool:
        """HubSpot does not tell what came through forms for comments."""
        return form_type(form) == "blog_comment"

    def submission_count(self, form: Piece) -> int:
        return self._expected(form) + self.arrived[form.guid]

    def _expected(self, form: Piece) -> int:
        """How many there are at the close of the portal's day."""
        before, a_day = self._rates(form)
        return before + a_day * (self._days + 1)

    def arrive(self, form: Piece, how_many: int) -> None:
        """Someone submits a form, now: after the portal's day."""
        if self._expected(form):
            self.arrived[form.guid] += how_many

    def submissions(self, form: Piece) -> Iterator[Submission]:
        """What was submitted through a form, newest first."""
        return (self.submission(form, number) for number in reversed(range(self.submission_count(form))))

    def _rates(self, form: Piece) -> tuple[int, int]:
        """How many came before the first day, and how many come on each day; every seventh form gets none."""
        if form.created_ms > self._start or form.number % 7 == 6 or self.refuses_submissions(form):
            return 0, 0
        share = 0.4 if form.number == 0 else 0.6 / max(1, len(self.all) - 1)
        before = round(self._submissions * share)
        return before, -(-before // 200)

    def submission(self, form: Piece, number: int) -> Submission:
        """By its number, which grows with time. Every thirtieth is the one before it, sent twice (with its own id)."""
        own = number
        if number % 30 == 29:
            number -= 1
        before, a_day = self._rates(form)
        chance = mixed(self._seed, form.chance, number)
        if number >= self._expected(form):
            submitted = self._start + (self._days + 1) * DAY_MS + (number - self._expected(form)) * 1000
        elif number < before:
            submitted = self._start - (before - number) * (90 * DAY_MS // before)
        else:
            day, place = divmod(number - before, a_day)
            submitted = self._start + day * DAY_MS + DAY_MS * place // a_day + chance % (DAY_MS // a_day)
        values = [("email", f"person.{chance % 50 * 32}@example.com")]
        if form_type(form) == "hubspot":
            values += [("firstname", text_of(mixed(chance, 1))), ("message", text_of(mixed(chance, 2)))]
            values += [("interest", v) for n, v in enumerate("abc") if chance >> n & 1]
        return Submission(
            submitted,
            tuple(values),
            f"https://www.example.com/contact?form={form.number}&x=1,2",
            str(UUID(int=chance << 64 | own, version=4)) if chance % 4 else None,
        )
