"""Access Analyzer in many regions with many findings, at once: for what `gatehouse audit` takes.

Pages are made once and sent again with another number in their ids, so that the stub is no bottleneck.
"""

import collections
import http.server
import json
import re
import sys
import threading

from . import audit_account

PAGE = 100
CREDENTIAL = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")


class AuditStub:
    DISABLED = "not enabled"
    ENDLESS = "empty pages"

    def __init__(self):
        self.regions, self.asked, self.sent = {}, collections.Counter(), 0
        # What DescribeRegions says, by region; empty where it is not permitted.
        self.opt_in = {}
        self.pages = {}
        self.lock = threading.Lock()
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                region = CREDENTIAL.search(self.headers.get("authorization", "")).group(1)
                status, answer, code = stub.answer(self.path, region, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                if code:
                    self.send_header("x-amzn-ErrorType", code)
                self.end_headers()
                self.wfile.write(answer)
                self.wfile.flush()
                with stub.lock:
                    stub.sent += len(answer)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path, region, body):
        path = path.partition("?")[0]
        if path == "/" and self.opt_in:
            items = "".join(
                f"<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>"
                for name, status in self.opt_in.items()
            )
            answer = f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
            return 200, answer.encode(), None
        # Not permitted: the list of the program's own is taken.
        if path == "/":
            refused = b"<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>"
            return 403, refused, None
        if path == "/analyzer":
            with self.lock:
                self.asked[region] += 1
            count = self.regions.get(region)
            if count == self.DISABLED:
                message = json.dumps({"message": "The security token included in the request is invalid."}).encode()
                return 403, message, "UnrecognizedClientException"
            found = [{"arn": audit_account.analyzer(region, "A"), "name": "A", "type": "ACCOUNT", "status": "ACTIVE",
                      "createdAt": "2026-01-01T00:00:00Z"}]  # fmt: skip
            return 200, json.dumps({"analyzers": found if count else []}).encode(), None
        first = int(json.loads(body).get("nextToken", 0))
        if self.regions[region] == self.ENDLESS:
            return 200, b'{"findings":[],"nextToken":"%d"}' % (first + 1), None
        count = min(PAGE, self.regions[region] - first)
        page = self.page(region, count).replace(b"@@@@@@@@", b"%08d" % first)
        after = first + count
        token = b',"nextToken":"%d"' % after if after < self.regions[region] else b""
        return 200, b'{"findings":' + page + token + b"}", None

    def page(self, region, count):
        with self.lock:
            if (region, count) not in self.pages:
                which = audit_account.analyzer(region, "A")
                made = []
                for number in range(count):
                    one = audit_account.external("us-east-1", number, which)
                    one.pop("analyzerArn")
                    one["id"] = f"@@@@@@@@-0000-4000-8000-{number:012d}"
                    if number % 8:
                        one["resource"] = one["resource"].replace("us-east-1", region)
                    # Of its own page each, as findings of an account are.
                    one["condition"] = {"aws:SourceVpc": "vpc-@@@@@@@@"}
                    made.append(one)
                self.pages[region, count] = json.dumps(made).encode()
            return self.pages[region, count]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


REGIONS = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-south-1", "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1",
    "eu-west-2", "eu-west-3", "sa-east-1",
)  # fmt: skip


def serve(regions, findings):
    """Serves until standard input ends; prints where."""
    stub = AuditStub()
    stub.regions.update(dict.fromkeys(REGIONS[:regions], findings))
    print(stub.url, flush=True)
    sys.stdin.read()
    stub.stop()
