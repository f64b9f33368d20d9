"""The definition of a store: whatever implements the contract passes all of this.

A store joins by a fixture `bench` and one line: `class TestMine(StoreContract): ...`.
"""

from tests.contracts.courses import Courses
from tests.contracts.erasures import Erasures
from tests.contracts.facts import Facts
from tests.contracts.invariants import Invariants
from tests.contracts.lane_model import LaneModel
from tests.contracts.lanes import Lanes
from tests.contracts.lives import Lives
from tests.contracts.names import Names
from tests.contracts.neighbours import Neighbours
from tests.contracts.outbox import Entries
from tests.contracts.people import People
from tests.contracts.records import Records
from tests.contracts.retention import Retention
from tests.contracts.search import Search
from tests.contracts.search_model import SearchModel
from tests.contracts.tolls import Tolls
from tests.contracts.transactions import Transactions
from tests.contracts.turns import Turns


class StoreContract(
    Transactions,
    Facts,
    Records,
    People,
    Lanes,
    Entries,
    Neighbours,
    LaneModel,
    Lives,
    Retention,
    Turns,
    Invariants,
    Tolls,
    Search,
    SearchModel,
    Names,
    Erasures,
    Courses,
):
    """Every promise of `Store` and `Ledger`, each a sentence."""
