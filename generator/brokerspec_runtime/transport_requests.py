"""The synchronous transport on the requests library."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .body import PIECE, Body
from .deadline import at_most, ending_at, ending_in
from .opened import OpenedAnswer
from .transport import Phase, Settings, closed, failure, refuse_unsendable, refuse_unused

if TYPE_CHECKING:
    import requests

    from .request import RawResponse, Request
    from .transport import Timeout, TransportFailure


class RequestsTransport:
    """Send requests with the requests library.

    A `session` of your own lends its adapters, certificates and proxies, and `settings`
    must then have no proxy and the default `verify`. Its headers, cookies, login and hooks
    are not used: what is sent is the request and nothing else. You close it yourself. Only
    adapters of ours end a call in time while the head of an answer trickles in, and see
    that a head is cut off. An adapter that may repeat a request is refused.
    """

    def __init__(
        self, settings: Settings | None = None, session: requests.Session | None = None
    ) -> None:
        from . import requests_wire

        self._wire = requests_wire
        self._settings = settings or Settings()
        self._is_own = session is None
        if session is not None:
            refuse_unused(self._settings)
            requests_wire.refuse_repeating(session)
        self._is_closed = False
        self._session = session or requests_wire.new_session()

    def send(self, request: Request, timeout: Timeout) -> RawResponse:
        """Send once and return the answer; raise TransportFailure without one."""
        timeout = timeout.within(timeout.total)
        if self._is_closed:
            raise closed()
        refuse_unsendable(request)
        problem: TransportFailure
        try:
            with ending_in(timeout.total):
                return self._exchange(request, timeout)
        except self._wire.ERRORS as error:
            problem = self._problem(error, request)
        raise problem

    def stream(self, request: Request, timeout: Timeout) -> OpenedAnswer:
        """Send once and return the answer as soon as its head is there."""
        timeout = timeout.within(timeout.total)
        if self._is_closed:
            raise closed()
        refuse_unsendable(request)
        end = time.monotonic() + timeout.total
        problem: TransportFailure
        try:
            with ending_at(end):
                response = self._send(request, timeout)
        except self._wire.ERRORS as error:
            problem = self._problem(error, request)
            raise problem from None
        return OpenedAnswer(
            response.status_code,
            _head(response),
            iter(lambda: response.raw.read1(PIECE, decode_content=False), b""),
            response.close,
            errors=self._wire.ERRORS,
            describe=lambda error: self._problem(error, request, Phase.UNKNOWN),
            end=end,
        )

    def close(self) -> None:
        """Close the connections, unless the session came from the caller."""
        self._is_closed = True
        if self._is_own:
            self._session.close()

    def _problem(
        self, error: BaseException, request: Request, phase: Phase | None = None
    ) -> TransportFailure:
        names = list(self._wire.causes(error))
        return failure(phase or self._wire.phase_of(error), request, names[0], names[-1])

    def _send(self, request: Request, timeout: Timeout) -> requests.Response:
        prepared = self._wire.prepare(request)
        options = self._session.merge_environment_settings(
            request.url, self._proxies(), True, self._verify(), None
        )
        # The adapter, not Session.send: that would keep cookies and look into redirects.
        return self._session.get_adapter(request.url).send(
            prepared, timeout=(timeout.connect, timeout.read), **options
        )

    def _exchange(self, request: Request, timeout: Timeout) -> RawResponse:
        started = time.perf_counter()
        response = self._send(request, timeout)
        try:
            body = Body(response.status_code, _head(response), self._settings.max_body, started)
            while piece := response.raw.read1(PIECE, decode_content=False):
                body.add(piece)
                at_most(None)
            return body.finish()
        finally:
            response.close()

    def _proxies(self) -> dict[str, str]:
        proxy = self._settings.proxy
        if proxy is None:
            return {}
        return dict.fromkeys(("http", "https"), proxy.url_with_credentials())

    def _verify(self) -> bool | str:
        return self._settings.verify if self._is_own else self._session.verify


def _head(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
