"""Where pages are when they are written in one language, or in two.

Those in a campaign's own language have the usual names, those in the other the same
names under `fr/` or `en/`. The list of campaigns is in the workspace's language. Data
files have no language: they are there once, beside the usual pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import dirname, relpath

from tracker.catalogue import LANGUAGES

#: Languages as they call themselves.
NAMES = {"en": "English", "fr": "Français"}


@dataclass(frozen=True, slots=True)
class Other:
    """The same page in the other language."""

    language: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Version:
    """Pages in one language. folder, index: where they and their list of campaigns
    are, as "" or "fr/"; other: the folder of the other language's, if there are any."""

    language: str
    folder: str = ""
    index: str = ""
    other: str | None = None

    def place(self, name: str) -> str:
        """Where the page of this name is."""
        return self.folder + name

    def root(self, name: str) -> str:
        """The way from a page to the folder of the list of campaigns."""
        return self.way(name, self.index)

    def data(self, name: str) -> str:
        """The way from a page of a campaign to its data files."""
        return self.way(name, f"{name.partition('/')[0]}/data/")

    def twin(self, name: str) -> Other | None:
        """The page in the other language."""
        if self.other is None:
            return None
        [language] = set(LANGUAGES) - {self.language}
        return Other(language, NAMES[language], self.way(name, self.other) + name)

    def way(self, name: str, folder: str) -> str:
        """From a page of this version to a folder."""
        way = relpath(folder or ".", dirname(self.place(name)) or ".")
        return "" if way == "." else f"{way}/"


def versions(own: str, workspace: str, wanted: str | None) -> tuple[Version, ...]:
    """The usual pages first. own: the campaign's language; wanted: a language instead
    of it, or both."""
    own, workspace = _spoken(own), _spoken(workspace)
    if wanted != "both":
        return (Version(wanted or own),)
    [other] = set(LANGUAGES) - {own}
    home = {language: _folder(language, workspace) for language in LANGUAGES}
    return (
        Version(own, "", home[own], f"{other}/"),
        Version(other, f"{other}/", home[other], ""),
    )


def _folder(language: str, workspace: str) -> str:
    return "" if language == workspace else f"{language}/"


def _spoken(language: str) -> str:
    """Pages of campaigns in another language are in English."""
    return language if language in LANGUAGES else "en"
