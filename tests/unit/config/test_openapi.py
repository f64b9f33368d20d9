"""What the OpenAPI document describes is what is mounted: every route, every method, nothing else."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.http import HttpServer
from config.assemble import described
from tests.stories.language import PUBLIC, opened_house

Routes = set[tuple[str, frozenset[str]]]


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> Routes:
    """Every route that is mounted from now on, with its methods."""
    routes: Routes = set()
    mount = HttpServer.mount

    def noted(self: HttpServer, path: str, handler: Any, *, methods: Collection[str] = ("POST",), **more: Any) -> None:
        routes.add((path, frozenset(methods)))
        mount(self, path, handler, methods=methods, **more)

    monkeypatch.setattr(HttpServer, "mount", noted)
    return routes


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_every_route_is_described_and_every_description_is_mounted(
    mode: str, mounted: Routes, tmp_path: Path
) -> None:
    async with opened_house(tmp_path, slack={"mode": mode}) as house:
        told = described(house.settings(), "1.2.3")

    routes = {
        (path.removesuffix("{token}"), frozenset(map(str.upper, methods))) for path, methods in told["paths"].items()
    }
    assert routes == mounted
    assert ("/slack/events" in told["paths"]) is (mode == "http")
    assert told["servers"] == [{"url": PUBLIC}]
    assert told["info"]["version"] == "1.2.3"


async def test_every_signature_that_a_route_asks_for_is_described(tmp_path: Path) -> None:
    async with opened_house(tmp_path, slack={"mode": "http"}) as house:
        told = described(house.settings(), "1.2.3")

    asked = {
        name
        for methods in told["paths"].values()
        for each in methods.values()
        for one in each["security"]
        for name in one
    }
    assert asked == set(told["components"]["securitySchemes"])


async def test_the_figures_of_the_house_are_those_that_are_described(tmp_path: Path) -> None:
    async with opened_house(tmp_path) as house, httpx.AsyncClient(trust_env=False) as probe:
        figures = (await probe.get(f"{house.base_url}/healthz")).json()
        told = described(house.settings(), "1.2.3")["paths"]["/healthz"]["get"]["responses"]

    assert set(figures) == set(told["200"]["content"]["application/json"]["schema"]["required"])
    assert set(told["503"]["content"]["application/json"]["schema"]["required"]) < set(figures)
