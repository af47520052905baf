// SPDX-License-Identifier: MIT
//
// A poll's slot at its next host. Where that host is another worker's, a visit goes there as a message, asks its shard,
// and comes home with the answer. The poll holds no slot meanwhile: two feeds that point at each other must not lock. A
// poll that ends while its visit is out is cut from it, and the slot that the visit brings is given back.
#include "base/mem.h"
#include "daemon/worker_parts.h"

struct visit {
    struct job job;
    struct worker *guest, *owner; // of the poll, and of the host
    struct poll *poll; // NULL: ended since. For the guest's thread alone
    uint64_t host;
    int64_t wait_ms;
    uint64_t feed; // of a dismissal
    wall_t hold_until;
};

static struct worker *owner_of(const struct worker *w, uint64_t host)
{
    return w->threads->workers[shard_virtual_of(host) % w->threads->n_workers];
}

bool worker_is_foreign(const struct worker *w, uint64_t host) { return owner_of(w, host) != w; }

static void travel(struct visit *v, struct worker *to, void (*run)(struct job *job, void *owner, struct now now))
{
    v->job.run = run;
    queue_push(&worker_loop(to)->inbox, &v->job.message);
}

static void on_dismissal(struct job *job, void *owner, struct now now)
{
    struct visit *v = (struct visit *)job;
    struct worker *w = owner;
    shard_dismiss(w->shard, v->host, v->feed, v->hold_until, now);
    mem_free(v);
}

// The last use of v.
static void dismiss(struct visit *v)
{
    if (v->guest->is_quiet) // and so are all, or soon: nobody asks for a slot any more
        mem_free(v);
    else
        travel(v, v->owner, on_dismissal);
}

static void on_return(struct job *job, void *owner, struct now now)
{
    (void)owner;
    struct visit *v = (struct visit *)job;
    struct poll *p = v->poll;
    int64_t wait_ms = v->wait_ms;
    if (!p && wait_ms == 0) {
        dismiss(v);
        return;
    }
    if (p) {
        p->visit = NULL;
        p->owner = wait_ms == 0 ? v->owner : NULL;
        p->host = v->host;
        poll_may_ask(p, wait_ms, now);
    }
    mem_free(v);
}

static void on_visit(struct job *job, void *owner, struct now now)
{
    struct visit *v = (struct visit *)job;
    struct worker *w = owner;
    v->wait_ms = shard_admit(w->shard, v->host, now);
    travel(v, v->guest, on_return);
}

void poll_end_visit(struct poll *p, wall_t hold_until)
{
    if (p->visit)
        p->visit->poll = NULL;
    p->visit = NULL;
    if (!p->owner)
        return;
    struct visit *v = mem_alloc(sizeof *v);
    *v = (struct visit){.guest = p->worker, .owner = p->owner, .host = p->host, .feed = p->outcome->before.id,
                        .hold_until = hold_until};
    p->owner = NULL;
    dismiss(v);
}

void poll_hop(struct poll *p, struct now now)
{
    struct worker *w = p->worker;
    struct request r = pipeline_request(p->pipeline);
    uint64_t host = shard_host(r.url);
    poll_end_visit(p, (wall_t){0});
    if (!worker_is_foreign(w, host)) {
        poll_may_ask(p, shard_hop(w->shard, p->outcome->before.id, r.url, now), now);
        return;
    }
    shard_leave(w->shard, p->outcome->before.id);
    p->hop_at = (mono_t){ALARM_NONE};
    p->visit = mem_alloc(sizeof *p->visit);
    *p->visit = (struct visit){.guest = w, .owner = owner_of(w, host), .poll = p, .host = host};
    travel(p->visit, p->visit->owner, on_visit);
}
