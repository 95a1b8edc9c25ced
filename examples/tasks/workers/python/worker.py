"""Counts words. It fetches its work: three requests, no library."""

import json
import os
import signal
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

TASKS = os.environ["TIDEGATE_TASKS_URL"]
TOKEN = os.environ["TIDEGATE_WORKER_TOKEN"]
QUEUE = "words"

# Straight to the gateway, whatever proxy the environment names.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ending = threading.Event()


def work(task):
    words = task["body"]["data"]["text"].lower().split()
    return {"worker": os.environ["TIDEGATE_REPLICA"], "words": len(words), "different": len(set(words))}


def main():
    # What is under way is finished; what waits is left to others.
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    signal.signal(signal.SIGINT, lambda *_: ending.set())
    listen()
    while not ending.is_set():
        try:
            for task in ask(f"{QUEUE}/lease", {"max": 1, "wait": "3s", "for": "30s"})["tasks"]:
                do(task)
        except OSError as error:
            print(f"No work to be had: {error}", flush=True)
            ending.wait(1)


def do(task):
    try:
        result = work(task)
    except (KeyError, TypeError, AttributeError) as error:
        ask(f"{task['id']}/fail", {"lease": task["lease"], "error": repr(error), "retry": False})
    else:
        ask(f"{task['id']}/complete", {"lease": task["lease"], "status": 200, "body": result})


def ask(path, body):
    request = urllib.request.Request(
        f"{TASKS}/{path}",
        data=json.dumps(body).encode(),
        headers={"authorization": f"Bearer {TOKEN}", "content-type": "application/json"},
    )
    with opener.open(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")


def listen():
    """Where Tidegate sees that this process is there."""
    server = Probed((os.environ["HOST"], int(os.environ["PORT"])), Health)
    threading.Thread(target=server.serve_forever, daemon=True).start()


class Probed(ThreadingHTTPServer):
    def server_bind(self):
        # HTTPServer looks up what its address is called, and waits where no resolver answers.
        TCPServer.server_bind(self)


class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


main()
