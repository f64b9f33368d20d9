"""What `bridge.toml` may say about how large a picture message may be, by network and by kind of number."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bridge.domain.phone import PhoneNumber, is_toll_free

_STRICT = ConfigDict(extra="forbid", frozen=True)

MessageSize = Annotated[int, Field(ge=10_000, le=5_000_000)]


class NetworkLimits(BaseModel):
    """How large a whole picture message one network takes, by the kind of number that it comes from."""

    model_config = _STRICT

    long_code: MessageSize
    short_code: MessageSize
    toll_free: MessageSize


def _network(limits: tuple[int, int, int], name: str) -> Any:
    sizes = dict(zip(("long_code", "short_code", "toll_free"), limits, strict=True))
    return Field(
        default=NetworkLimits.model_validate(sizes),
        description=f"The largest whole message that {name} takes, by the kind of our number.",
    )


class MmsLimitSettings(BaseModel):
    """The section [mms_limits]: how large a picture message may be, by the recipient's network."""

    model_config = _STRICT

    att: NetworkLimits = _network((1_000_000, 1_000_000, 525_000), "AT&T")
    verizon: NetworkLimits = _network((1_200_000, 1_200_000, 525_000), "Verizon")
    t_mobile: NetworkLimits = _network((1_000_000, 1_000_000, 525_000), "T-Mobile (and Sprint)")
    us_cellular: NetworkLimits = _network((500_000, 500_000, 525_000), "US Cellular")

    def for_any(self, number: PhoneNumber) -> int:
        """Return what every network takes from this number of ours: whose a recipient is, nobody tells us."""
        networks = (self.att, self.verizon, self.t_mobile, self.us_cellular)
        return min(one.toll_free if is_toll_free(number) else one.long_code for one in networks)
