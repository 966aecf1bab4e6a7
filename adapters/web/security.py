"""Security headers on every response, and the address that a request is counted under."""

from collections.abc import Awaitable, Callable

from aiohttp import web

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_PROGRAMS = "text/xml"  # what platforms push gets such replies; no browser does
HSTS = "max-age=31536000"  # a year; sent only where the public address is https


def header_setter(*, https: bool) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """What to append to `app.on_response_prepare`: unlike a middleware it also reaches errors and files."""

    async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Server"] = "kaoda"  # without versions
        if response.content_type == FOR_PROGRAMS:
            return
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        is_page = request.method == "GET" and response.content_type == "text/html"  # kept for the back button only
        response.headers.setdefault("Cache-Control", "no-cache" if is_page else "no-store")

    return set_headers


def client_address(request: web.Request, proxies: int) -> str:
    """The peer's address, or behind `proxies` trusted proxies the one that the outermost of them saw."""
    if proxies:
        forwarded = [each.strip() for each in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")]
        if len(forwarded) >= proxies and forwarded[-proxies]:
            return forwarded[-proxies]
    return request.remote or ""
