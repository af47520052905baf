// SPDX-License-Identifier: MIT
//
// uv_spawn cannot set limits between fork and exec, so a child with limits is started with ours lowered for the moment
// of the fork: limits are inherited, soft ones may be raised again, and the scene is one thread. What is to happen in
// the child itself, before its program, hangs on fork: a bench or a scene that ends badly takes its daemon along.
#include "tests/tools/child.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

extern char **environ;

enum { ANSWERS_BYTES_MAX = 1 << 20, LIMITS_MAX = 8 };

static void die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

// Once a program, before main: a handler cannot be taken back.
__attribute__((constructor)) static void fork_prepare(void)
{
    int failed = pthread_atfork(NULL, NULL, die_with_parent);
    assert(!failed);
}

static void on_closed(uv_handle_t *handle)
{
    struct child *c = handle->data;
    c->open_handles--;
}

static void close_once(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    (void)handle;
    *out = uv_buf_init(mem_alloc(suggested), (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    struct child *c = stream->data;
    struct buf *to = stream == (uv_stream_t *)&c->control ? &c->answers
                     : stream == (uv_stream_t *)&c->out   ? c->out_text
                                                          : c->errors_text;
    if (n > 0 && to)
        buf_add(to, str_make(bytes->base, (size_t)n));
    mem_free(bytes->base);
    if (n < 0)
        close_once((uv_handle_t *)stream);
}

static void on_end(uv_process_t *process, int64_t status, int number)
{
    struct child *c = process->data;
    c->is_running = false;
    c->status = number ? 128 + number : (int)status;
    close_once((uv_handle_t *)process);
}

static char **environment(const char *const *added)
{
    size_t n = 0, m = 0;
    while (environ[n])
        n++;
    while (added && added[m])
        m++;
    char **env = mem_alloc_array(n + m + 1, sizeof *env);
    // The added ones first: getenv takes the first it meets.
    for (size_t i = 0; i < m; i++)
        env[i] = (char *)(uintptr_t)added[i];
    memcpy(env + m, environ, n * sizeof *env);
    return env;
}

static int spawn(struct child *c, uv_loop_t *loop, const struct child_spec *spec, const uv_process_options_t *options)
{
    struct rlimit kept[LIMITS_MAX];
    assert(spec->n_limits <= LIMITS_MAX);
    for (size_t i = 0; i < spec->n_limits; i++) {
        getrlimit((__rlimit_resource_t)spec->limits[i].resource, &kept[i]);
        struct rlimit low = {.rlim_cur = spec->limits[i].soft, .rlim_max = kept[i].rlim_max};
        setrlimit((__rlimit_resource_t)spec->limits[i].resource, &low);
    }
    int failed = uv_spawn(loop, &c->process, options);
    for (size_t i = 0; i < spec->n_limits; i++)
        setrlimit((__rlimit_resource_t)spec->limits[i].resource, &kept[i]);
    return failed;
}

static void pipe_open(struct child *c, uv_loop_t *loop, uv_pipe_t *pipe)
{
    uv_pipe_init(loop, pipe, 0);
    pipe->data = c;
    c->open_handles++;
}

bool child_start(struct child *c, uv_loop_t *loop, const struct child_spec *spec, struct err *err)
{
    *c = (struct child){.out_text = spec->out, .errors_text = spec->errors};
    buf_init(&c->answers, ANSWERS_BYTES_MAX);
    pipe_open(c, loop, &c->out);
    pipe_open(c, loop, &c->errors);
    pipe_open(c, loop, &c->control);
    const uv_stdio_flags to_us = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    const uv_stdio_flags both = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE;
    uv_stdio_container_t stdio[] = {
        {.flags = UV_IGNORE},
        {.flags = to_us, .data.stream = (uv_stream_t *)&c->out},
        {.flags = to_us, .data.stream = (uv_stream_t *)&c->errors},
        {.flags = both, .data.stream = (uv_stream_t *)&c->control},
    };
    char **env = environment(spec->env);
    uv_process_options_t options = {
        .file = spec->argv[0],
        .args = (char **)(uintptr_t)spec->argv,
        .env = env,
        .stdio = stdio,
        .stdio_count = spec->has_control ? 4 : 3,
        .exit_cb = on_end,
    };
    c->process.data = c;
    c->open_handles++;
    int failed = spawn(c, loop, spec, &options);
    mem_free(env);
    if (failed) {
        close_once((uv_handle_t *)&c->process);
        child_done(c);
        return err_set(err, "cannot start %s: %s", spec->argv[0], uv_strerror(failed));
    }
    c->is_running = true;
    c->pid = c->process.pid;
    uv_read_start((uv_stream_t *)&c->out, on_alloc, on_read);
    uv_read_start((uv_stream_t *)&c->errors, on_alloc, on_read);
    if (spec->has_control)
        uv_read_start((uv_stream_t *)&c->control, on_alloc, on_read);
    return true;
}

void child_tell(struct child *c, const char *line)
{
    char text[128];
    int n = snprintf(text, sizeof text, "%s\n", line);
    assert(n > 0 && (size_t)n < sizeof text);
    uv_buf_t bytes = uv_buf_init(text, (unsigned)n);
    // A line of a request fits into the socket's buffer at once; a child that died shows in the wait for its answer.
    uv_try_write((uv_stream_t *)&c->control, &bytes, 1);
}

bool child_answer(struct child *c, char out[CHILD_LINE_BYTES_MAX])
{
    size_t end = str_find_char(buf_str(&c->answers), '\n');
    if (end == c->answers.n || end >= CHILD_LINE_BYTES_MAX)
        return false;
    memcpy(out, c->answers.p, end);
    out[end] = '\0';
    c->answers.n -= end + 1;
    memmove(c->answers.p, c->answers.p + end + 1, c->answers.n);
    return true;
}

void child_signal(struct child *c, int number)
{
    if (c->is_running)
        uv_process_kill(&c->process, number);
}

void child_done(struct child *c)
{
    child_signal(c, SIGKILL);
    while (c->is_running)
        uv_run(c->process.loop, UV_RUN_ONCE);
    close_once((uv_handle_t *)&c->out);
    close_once((uv_handle_t *)&c->errors);
    close_once((uv_handle_t *)&c->control);
    while (c->open_handles > 0)
        uv_run(c->out.loop, UV_RUN_ONCE);
    buf_done(&c->answers);
}
