"""How many audits were held at the ends of these tests."""

from tests.stories.conftest import audits as audits
