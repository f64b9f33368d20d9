"""What `bridge.toml` must say about the store: where its file lies."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _file(path: Path) -> Path:
    if not path.name or "\0" in str(path):
        raise ValueError("must be the path of a file")
    return path


class SqliteSettings(BaseModel):
    """The half of the section [store] that names a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[Path, AfterValidator(_file)] | None = Field(
        default=None,
        description="The database file; its folder must exist on a local disk, and nothing else may write there.",
    )
