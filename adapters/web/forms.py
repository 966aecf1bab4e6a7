"""Forms as browsers send them without scripts."""

from aiohttp import web


async def read_form(request: web.Request) -> dict[str, str]:
    """The fields of a urlencoded form; raises the HTTP error of what is none."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        fields = await request.post()
    except (ValueError, LookupError) as error:  # not UTF-8, or a charset that there is not
        raise web.HTTPBadRequest from error
    return {name: value for name, value in fields.items() if isinstance(value, str)}
