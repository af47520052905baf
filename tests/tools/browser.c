// SPDX-License-Identifier: MIT
#include "tests/tools/browser.h"

#include <assert.h>

enum { HEAD_BYTES_MAX = 1 << 20, BODY_BYTES_MAX = 64 << 20, TURN_MS = 5, TIMEOUT_MS = 10000 };

static size_t on_bytes(char *bytes, size_t size, size_t n, void *context)
{
    return buf_add(context, str_make(bytes, size * n)) ? size * n : 0;
}

static void set_up(CURL *easy, const struct browser_ask *ask, struct browser_page *page)
{
    curl_easy_setopt(easy, CURLOPT_URL, ask->url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ask->timeout_ms ? ask->timeout_ms : (long)TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &page->body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &page->head);
    if (ask->socket)
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, ask->socket);
    if (ask->post)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, ask->post);
    if (ask->method)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, ask->method);
    if (ask->accept_coding)
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ask->accept_coding);
}

static void drive(uv_loop_t *loop, CURLM *multi)
{
    int running = 1;
    while (running > 0) {
        CURLMcode code = curl_multi_perform(multi, &running);
        assert(code == CURLM_OK);
        uv_run(loop, UV_RUN_NOWAIT);
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, TURN_MS, NULL);
    }
}

void browser_ask(uv_loop_t *loop, const struct browser_ask *ask, struct browser_page *out)
{
    *out = (struct browser_page){.result = CURLE_OK};
    buf_init(&out->head, HEAD_BYTES_MAX);
    buf_init(&out->body, BODY_BYTES_MAX);
    CURL *easy = curl_easy_init();
    CURLM *multi = curl_multi_init();
    assert(easy && multi);
    struct curl_slist *headers = NULL;
    for (size_t i = 0; ask->headers && ask->headers[i]; i++)
        headers = curl_slist_append(headers, ask->headers[i]);
    set_up(easy, ask, out);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_multi_add_handle(multi, easy);
    drive(loop, multi);
    int left;
    const CURLMsg *message = curl_multi_info_read(multi, &left);
    assert(message && message->msg == CURLMSG_DONE);
    out->result = message->data.result;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &out->status);
    curl_multi_remove_handle(multi, easy);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
}

void browser_page_done(struct browser_page *page)
{
    buf_done(&page->head);
    buf_done(&page->body);
}
