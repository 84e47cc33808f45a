"""The status page is plain HTML made here from what the views say; it needs no script.

Every value is escaped on its way in; `Html` is text that already is HTML.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import escape

from central.links import UP
from central.totals import Total
from central.views import Quarantined, StoreStatus, TaskEntry
from central.web.style import STYLE
from central.web.words import say
from sync.currency import places_of
from sync.values import date_of

REFRESH_S = 5
_SHOWN_MAX = 12
_GOOD, _BAD, _WAIT, _NONE = "good", "bad", "wait", "none"
_AGREEMENT = {"agrees": _GOOD, "nothing-yet": _NONE}


@dataclass(frozen=True, slots=True)
class Picture:
    """What the page shows, read in one moment."""

    chain: str
    language: str
    now_ms: int
    exponent: int
    stores: list[StoreStatus]
    totals: list[Total]
    quarantined: list[Quarantined]
    tasks: list[TaskEntry]


def money(minor: int, currency: str, exponent: int) -> str:
    """Write minor units with their currency, grouped by thousands; OWN: the currency's places."""
    places = places_of(currency, exponent)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).zfill(places + 1)
    whole = f"{int(digits[: len(digits) - places]):,}"
    part = f".{digits[-places:]}" if places else ""
    return f"{sign}{whole}{part} {currency}"


def age(language: str, duration_ms: int) -> str:
    """Write how long something takes, in its largest unit."""
    seconds = max(duration_ms, 0) // 1000
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return say(language, unit, count=seconds // size)
    return say(language, "seconds", count=seconds)


def login_page(language: str, failed: bool) -> str:
    """Return the page that asks for a token."""
    t = partial(say, language)
    error = f'<p class="error" role="alert">{t("wrong_token")}</p>' if failed else ""
    body = (
        f'<main class="login"><h1>{t("title")}</h1>'
        f"<p>{t('login_hint')} <code>evertill-central token add NAME --role read</code></p>"
        f'<form method="post" action="/login?lang={language}"><label for="token">{t("token")}'
        '</label><input id="token" name="token" type="password" autocomplete="current-password"'
        f' required autofocus>{error}<button class="main">{t("login")}</button></form>'
        f"<p></p>{_other_language(language)}</main>"
    )
    return _document(language, t("title"), body, refresh=False)


def status_page(picture: Picture) -> str:
    """Return the page that shows how the chain stands."""
    language = picture.language
    t = partial(say, language)
    time = datetime.fromtimestamp(picture.now_ms / 1000, UTC)
    body = (
        f'<div class="wrap"><header><h1>{t("title")}</h1>'
        f'<span class="chain">{t("chain")} {escape(picture.chain)}</span><nav>'
        f"{_other_language(language)}"
        f'<form method="post" action="/logout"><button class="plain">{t("logout")}</button></form>'
        f"</nav></header><main>{_tiles(picture)}{_stores(picture)}{_totals(picture)}"
        f"{_quarantine(picture)}{_tasks(picture)}</main><footer>"
        f"<span>{t('as_time', time=time.strftime('%Y-%m-%d %H:%M:%S'))}</span>"
        f"<span>{t('refreshed', seconds=REFRESH_S)}</span></footer></div>"
    )
    return _document(language, f"{t('title')} · {picture.chain}", body, refresh=True)


def _document(language: str, title: str, body: str, refresh: bool) -> str:
    again = f'<meta http-equiv="refresh" content="{REFRESH_S}">' if refresh else ""
    tag = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"{again}<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}"
        "</body></html>"
    )


def _other_language(language: str) -> str:
    other = "zh" if language == "en" else "en"
    tag = "zh-CN" if other == "zh" else "en"
    return f'<a href="?lang={other}" lang="{tag}" hreflang="{tag}">{say(language, "language")}</a>'


def _tile(name: str, value: str, more: str = "") -> str:
    return (
        f'<div class="tile"><div class="name">{name}</div><div class="value">{value}</div>'
        f'<div class="more">{more}</div></div>'
    )


def _tiles(picture: Picture) -> str:
    t = partial(say, picture.language)
    stores = picture.stores
    net: dict[str, int] = {}
    for takings in (one for store in stores for one in store.takings):
        net[takings.currency] = net.get(takings.currency, 0) + takings.net_minor
    amounts = [money(minor, currency, picture.exponent) for currency, minor in net.items()]
    quarantined, tasks = (sum(s.quarantined for s in stores), sum(s.tasks for s in stores))
    task = t("task" if tasks == 1 else "tasks")
    attention = f"{quarantined:,} {t('in_quarantine')} · {tasks:,} {task}"
    up = sum(store.link == UP for store in stores)
    sales = sum(one.sales for store in stores for one in store.takings)
    return (
        '<section class="tiles">'
        + _tile(t("stores_up"), str(up), t("of_stores", count=len(stores)))
        + _tile(t("sales_today"), f"{sales:,}", "")
        + _tile(t("net"), *_amount(amounts))
        + _tile(t("missing"), f"{sum(store.missing_facts for store in stores):,}")
        + _tile(t("attention"), f"{quarantined + tasks:,}", attention)
        + "</section>"
    )


def _amount(amounts: list[str]) -> tuple[str, str]:
    """Show the first currency's figure large, its name and other currencies below."""
    if not amounts:
        return "–", ""
    figure, _, currency = amounts[0].partition(" ")
    return escape(figure), escape(" · ".join([currency, *amounts[1:]]))


def _card(title: str, heads: list[tuple[str, bool]], rows: list[str], nothing: str) -> str:
    if not rows:
        return f'<section class="card"><h2>{title}</h2><p>{nothing}</p></section>'
    columns = "".join(
        f'<th scope="col" class="num">{head}</th>' if number else f'<th scope="col">{head}</th>'
        for head, number in heads
    )
    return (
        f'<section class="card"><h2>{title}</h2><div class="scroll"><table><thead><tr>{columns}'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _stores(picture: Picture) -> str:
    t = partial(say, picture.language)
    heads = [
        (t("store"), False),
        (t("link"), False),
        (t("numbers"), False),
        (t("agreement"), False),
        (t("sales"), True),
        (t("net"), True),
        (t("facts"), True),
        (t("unsynced"), True),
    ]
    hint = f"{t('no_stores')}. {t('no_stores_hint')} <code>evertill-central store add s0001</code>"
    return _card(t("stores"), heads, [_store_row(picture, s) for s in picture.stores], hint)


def _store_row(picture: Picture, store: StoreStatus) -> str:
    language = picture.language
    t = partial(say, language)
    up = store.link == UP
    since = t("since", age=age(language, picture.now_ms - store.link_since_ms))
    reason = since if store.link_since_ms else ""
    heard_ms = picture.now_ms - store.as_of_ms
    if not store.as_of_ms:
        numbers = t("never")
    elif heard_ms < 2_000:
        numbers = t("now")
    else:
        numbers = t("ago", age=age(language, heard_ms))
    closed = "" if store.active else f' <span class="badge none">{t("closed")}</span>'
    about = " · ".join(filter(None, (store.title, store.region)))
    tone, agreement = _AGREEMENT.get(store.agreement, _WAIT), t(store.agreement)
    if not up and tone == _GOOD:  # what it did since, nobody here can know
        tone, agreement = _NONE, t("agreed")
    net = "<br>".join(
        escape(money(one.net_minor, one.currency, picture.exponent)) for one in store.takings
    )
    return (
        f'<tr><td><b>{escape(store.store)}</b>{closed}<span class="sub">{escape(about)}</span></td>'
        f"<td>{_badge(_GOOD if up else _BAD, t('up' if up else 'cut'))}"
        f'<span class="sub">{reason}</span></td><td class="nowrap">{numbers}</td>'
        f"<td>{_badge(tone, agreement)}</td>"
        f'<td class="num">{sum(one.sales for one in store.takings):,}</td>'
        f'<td class="num">{net or "–"}</td><td class="num">{store.facts:,}</td>'
        f'<td class="num">{"" if up else "≥ "}{store.missing_facts:,}</td></tr>'
    )


def _badge(tone: str, text: str) -> str:
    return f'<span class="badge {tone}">{text}</span>'


def _totals(picture: Picture) -> str:
    t = partial(say, picture.language)
    heads = [(t("day"), False), (t("store"), False), (t("sales"), True), (t("returns"), True)]
    heads += [(t("voids"), True), (t("tax"), True), (t("net"), True)]
    rows = []
    for one in picture.totals[:_SHOWN_MAX]:
        amount = partial(money, currency=one.currency, exponent=picture.exponent)
        rows.append(
            f'<tr><td class="nowrap">{date_of(one.business_day)}</td><td>{escape(one.store)}</td>'
            f'<td class="num">{one.sales:,}</td><td class="num">{one.returns:,}</td>'
            f'<td class="num">{one.voids:,}</td>'
            f'<td class="num">{escape(amount(one.tax_minor))}</td>'
            f'<td class="num">{escape(amount(one.net_minor))}</td></tr>'
        )
    return _card(t("totals"), heads, rows, t("no_sales"))


def _quarantine(picture: Picture) -> str:
    t = partial(say, picture.language)
    heads = [(t("store"), False), (t("lane"), False), (t("reason"), False)]
    heads += [(t("times"), True), (t("last"), True)]
    rows = [
        f"<tr><td>{escape(one.store)}</td><td>{escape(one.lane)}</td><td>{escape(one.reason)}</td>"
        f'<td class="num">{one.count:,}</td>'
        f'<td class="num">{t("ago", age=age(picture.language, picture.now_ms - one.last_ms))}</td>'
        "</tr>"
        for one in picture.quarantined[:_SHOWN_MAX]
    ]
    return _card(t("quarantine"), heads, rows, t("no_quarantine"))


def _tasks(picture: Picture) -> str:
    t = partial(say, picture.language)
    heads = [(t("store"), False), (t("kind"), False), (t("detail"), False)]
    rows = [
        f"<tr><td>{escape(one.store)}</td><td>{escape(t('task_' + one.kind))}</td>"
        f"<td>{escape(one.detail)}</td></tr>"
        for one in picture.tasks[:_SHOWN_MAX]
    ]
    return _card(t("worklist"), heads, rows, t("no_tasks"))
