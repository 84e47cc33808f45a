"""One law: how many decimal places a currency's minor unit has is ISO 4217's word, not a guess.

Most have two; the exceptions are those of ISO 4217's list one (amendment 177), without the codes
of funds, metals and testing.
"""

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_EXCEPTIONS = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)
_USUAL = 2
OWN = -1
PLACES_MAX = 4


def places_of(currency: str, told: int = OWN) -> int:
    """Decimal places of a currency (ISO 4217 code), or those told if they aren't OWN."""
    return _EXCEPTIONS.get(currency, _USUAL) if told == OWN else told
