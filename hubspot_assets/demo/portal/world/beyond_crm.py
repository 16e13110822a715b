"""The parts of a portal that other APIs than those of the CRM core serve. ``World`` has them as its own."""

from functools import cached_property
from typing import TYPE_CHECKING

from .content import Kind
from .conversations import Conversations
from .deal_splits import DealSplits
from .email_events import EmailEvents
from .event_types import EventTypes
from .events import Events
from .forms import Forms
from .lists import Lists
from .marketing_events import MarketingEvents
from .pieces import Pieces
from .sequences import Sequences
from .times import ms_of

if TYPE_CHECKING:
    from hubspot_assets.demo.portal.settings import PortalSettings

    from .life import Life
    from .object_types import ObjectTypes
    from .owners import Owners


class BeyondCrm:
    """Each part once, made when it is first asked for."""

    if TYPE_CHECKING:  # what World has
        settings: PortalSettings

        @cached_property
        def object_types(self) -> ObjectTypes: ...

        @cached_property
        def owners(self) -> Owners: ...

        def life_of(self, object_type_id: str) -> Life: ...

    @cached_property
    def lists(self) -> Lists:
        return Lists(self.settings, self.object_types, self.life_of)

    @cached_property
    def event_types(self) -> EventTypes:
        return EventTypes(self.settings, self.object_types)

    @cached_property
    def events(self) -> Events:
        return Events(self.settings, self.event_types, self.life_of)

    @cached_property
    def forms(self) -> Forms:
        submissions = self.settings.counts.get("0-15", 5 * self.settings.other_records)
        return Forms(self.settings, self._pieces("form", "0-28"), submissions)

    @cached_property
    def marketing_emails(self) -> Pieces:
        return self._pieces("email", "0-29")

    @cached_property
    def email_events(self) -> EmailEvents:
        # Those that came later would change whose events the earlier days have.
        first_day = ms_of(self.settings.first_day)
        emails = [email for email in self.marketing_emails if email.created_ms < first_day]
        return EmailEvents(self.settings, emails, self.life_of)

    @cached_property
    def campaigns(self) -> Pieces:
        return self._pieces("campaign", "0-35")

    @cached_property
    def content(self) -> dict[Kind, Pieces]:
        """Landing pages, site pages and blog posts."""
        return {
            "landing_page": self._pieces("landing page", "0-25"),
            "site_page": self._pieces("site page", "0-38"),
            "blog_post": self._pieces("blog post", "0-39"),
        }

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self._pieces("thread", "0-11"), self.life_of)

    @cached_property
    def sequences(self) -> Sequences:
        return Sequences(self._pieces("sequence", "0-58"), self.owners)

    @cached_property
    def deal_splits(self) -> DealSplits:
        return DealSplits(self.life_of("0-3"), self.owners, self.settings.seed)

    @cached_property
    def marketing_events(self) -> MarketingEvents:
        return MarketingEvents(self._pieces("marketing event", "0-54"), self.life_of)

    def pieces_of(self, object_type_id: str) -> Pieces:
        """The records of a type that has nothing but them, and so no part of its own here."""
        pieces = self._by_type.get(object_type_id)
        if pieces is None:
            kind = self.object_types[object_type_id].singular.lower()
            pieces = self._by_type[object_type_id] = self._pieces(kind, object_type_id)
        return pieces

    @cached_property
    def _by_type(self) -> dict[str, Pieces]:
        return {}

    def _pieces(self, kind: str, object_type_id: str) -> Pieces:
        count = self.settings.counts.get(object_type_id, self.settings.other_records)
        return Pieces(self.settings, kind, count)
