"""A headless Chromium that looks at Dagster's UI as a person does: by what stands in the page."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

AT_MOST = 300.0
"""Seconds after which what does not appear is taken not to come: a run takes some, and a busy machine makes it more."""

_LOOKS_EVERY = 0.5
_LOADS_EVERY = 30.0


class Browser:
    """One window. What a page shows comes by and by, so everything waits for it."""

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver

    def open(self, url: str) -> None:
        self._driver.get(url)

    @property
    def text(self) -> str:
        """All that the page shows, on one line."""
        try:
            return " ".join(self._driver.find_element(By.TAG_NAME, "body").text.split())
        except StaleElementReferenceException:
            return ""

    def sees(self, *wanted: str, within: float = AT_MOST, again: bool = False) -> str:
        """Wait until the page shows all of these texts, whatever their capitals, which styles change; gives the page.

        `again`: load it anew now and then. Most pages follow what happens by themselves.
        """
        until = time.monotonic() + within
        loads = time.monotonic() + _LOADS_EVERY
        while missing := [text for text in wanted if text.lower() not in (shown := self.text).lower()]:
            assert time.monotonic() < until, f"{self._driver.current_url} does not show {missing}, but: {shown}"
            time.sleep(_LOOKS_EVERY)
            if again and time.monotonic() > loads:
                self._driver.refresh()
                loads = time.monotonic() + _LOADS_EVERY
        return shown

    def click(self, label: str, within: float = AT_MOST) -> None:
        """Press what is called so: a button, a tab, a link, an entry of a menu."""
        until = time.monotonic() + within
        while True:
            for element in self._called(label):
                try:
                    element.click()
                except (ElementNotInteractableException, WebDriverException):
                    continue
                return
            assert time.monotonic() < until, f"{self._driver.current_url} has no {label!r} to press: {self.text}"
            time.sleep(_LOOKS_EVERY)

    def draws(self, selector: str, at_least: int, within: float = AT_MOST) -> None:
        """Wait until the page has drawn so many of these, such as the edges of a graph."""
        until = time.monotonic() + within
        while (drawn := len(self._driver.find_elements(By.CSS_SELECTOR, selector))) < at_least:
            assert time.monotonic() < until, f"{self._driver.current_url} has {drawn} of {selector}"
            time.sleep(_LOOKS_EVERY)

    def has_no(self, pattern: str) -> None:
        """Assert that nothing in the page is like this."""
        assert not re.search(pattern, self.text), self.text

    def picture(self, file: Path) -> None:
        """Write what the window shows as a PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        assert self._driver.save_screenshot(str(file))

    def _called(self, label: str) -> list[WebElement]:
        quoted = f'"{label}"'
        kinds = "self::button or self::a or @role='tab' or @role='menuitem' or self::li"
        return self._driver.find_elements(By.XPATH, f"//*[({kinds}) and normalize-space(.)={quoted}]")


@contextmanager
def browser_of(profile: Path) -> Iterator[Browser]:
    """Open a browser with a profile of its own while the block runs."""
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new",
        "--no-sandbox",  # as root there is none
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--window-size=1500,950",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    driver = Chrome(options, ChromeService("/usr/bin/chromedriver"))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
