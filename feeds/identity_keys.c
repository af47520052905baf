// SPDX-License-Identifier: MIT
//
// The hashes that items are known by. An address is hashed in its canonical form, wherever it stands: an item whose id
// is its own address has equal id and link, and keeps its identity when a feed begins to write ids.
#include "feeds/identity_keys.h"

#include "feeds/html.h"
#include "feeds/marks.h"
#include "feeds/url.h"

#define BITS_48 0xFFFFFFFFFFFFull

static uint64_t cut_48(uint64_t hash)
{
    return (hash & BITS_48) | ((hash & BITS_48) == 0);
}

static uint64_t tagged(const struct hash_key *key, const char *tag, struct str text)
{
    struct str parts[2] = {str_of(tag), text};
    return cut_48(hash64_parts(key, parts, 2));
}

static uint64_t of_numbers(const struct hash_key *key, uint64_t a, uint64_t b)
{
    uint64_t both[2] = {a, b};
    return hash64(key, str_make((const char *)both, sizeof both));
}

// The canonical form without what sites flip and no two articles differ in: "www.", a final slash, "/amp", "?amp=1".
static struct str page_form(struct str url, struct arena *a)
{
    static const struct str www = STR("//www."), amp = STR("/amp");
    static const struct str queries[] = {STR("?amp"), STR("?amp=1"), STR("?amp=true"), STR("?outputType=amp")};
    struct str form = url_canonical(a, url);
    if (!str_starts(form, S("//")))
        return form; // no address of the web
    size_t path_end = str_find_char(form, '?'), fragment = str_find_char(form, '#');
    path_end = path_end < fragment ? path_end : fragment;
    struct str head = str_head(form, path_end), tail = str_from(form, path_end);
    head = str_starts(head, www) ? str_from(head, www.n) : str_from(head, 2);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        tail = str_eq_nocase(tail, queries[i]) ? (struct str){NULL, 0} : tail;
    while (head.n > 1 && head.p[head.n - 1] == '/')
        head.n--;
    if (str_ends(head, amp))
        head.n -= amp.n;
    char *page = arena_alloc(a, head.n + tail.n + 1);
    memcpy(page, head.p, head.n);
    if (tail.n)
        memcpy(page + head.n, tail.p, tail.n);
    return str_make(page, head.n + tail.n);
}

static uint64_t address_key(const struct hash_key *key, struct str url, struct arena *a)
{
    return tagged(key, "url", page_form(url, a));
}

// An id that is no address: runs of white space are one blank, and a UUID is the same in capitals.
static struct str id_form(struct str id, struct arena *a)
{
    static const struct str uuid = STR("urn:uuid:");
    bool is_uuid = str_starts_nocase(id, uuid);
    char *form = arena_alloc(a, id.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < id.n; i++) {
        bool is_space = char_is_space(id.p[i]);
        if (!is_space)
            form[n++] = is_uuid ? char_lower(id.p[i]) : id.p[i];
        else if (n && form[n - 1] != ' ')
            form[n++] = ' ';
    }
    return str_make(form, n);
}

// The address of a site's front page is no item's own; nor is that of the feed's page, which is looked at with keys.
static bool is_front_page(struct str link)
{
    struct url u = url_cut(link);
    return (u.path.n == 0 || str_eq(u.path, S("/"))) && !u.query.n && !u.fragment.n && url_parts_are_http(&u);
}

static struct item_keys keys_of(const struct item *item, uint64_t site, const struct hash_key *key, struct arena *a)
{
    const struct text *body = item->content.body.n ? &item->content : &item->summary;
    struct str id = str_trim(item->id), link = str_trim(item->link);
    uint64_t title = html_digest(key, item->title.body), text = html_digest(key, body->body);
    struct item_keys k = {.title = mark_digest(title), .text = mark_digest(text)};
    k.content = of_numbers(key, title, text);
    if (id.n) {
        k.raw_id = tagged(key, "raw", id);
        k.id = url_is_http(id) ? address_key(key, id, a) : tagged(key, "id", id_form(id, a));
    }
    if (link.n && !is_front_page(link))
        k.link = str_eq(id, link) && url_is_http(id) ? k.id : address_key(key, link, a);
    if (k.link == site)
        k.link = 0;
    return k;
}

// Takes away links that several items share: items that differ in id or, where even that is one, in title and text.
// More than half of the items on one link: no link counts.
static void drop_shared_links(struct item_keys *keys, size_t n, bool is_volatile, bool *one_link, struct arena *a)
{
    struct mark_table table;
    mark_table_init(&table, n, a);
    size_t *shares = ARENA_ARRAY(a, size_t, n + 1); // by the first item of a link: how many others share it
    size_t most = 0, shared = 0;
    for (size_t i = 0; i < n; i++) {
        size_t first = mark_table_find(&table, keys[i].link);
        if (first == SIZE_MAX) {
            mark_table_add(&table, keys[i].link, i);
            continue;
        }
        bool is_alike = (keys[i].title && keys[first].title == keys[i].title) ||
                        (keys[i].text && keys[first].text == keys[i].text);
        bool is_same_item = is_alike && !is_volatile && keys[first].raw_id && keys[i].raw_id == keys[first].raw_id;
        bool is_copy = keys[first].content == keys[i].content;
        shares[first] += !is_same_item && !is_copy;
    }
    for (size_t i = 0; i < n; i++) {
        most = shares[i] > most ? shares[i] : most;
        shared += shares[i];
    }
    if (most >= 2 && 2 * (most + 1) > n)
        *one_link = true;
    else if (n >= 3 && shared == 0)
        *one_link = false;
    for (size_t i = 0; i < n; i++) {
        size_t first = mark_table_find(&table, keys[i].link);
        if (*one_link || (first != SIZE_MAX && shares[first]))
            shares[i] = SIZE_MAX; // marked first: the walk above still needs all links
    }
    for (size_t i = 0; i < n; i++)
        if (shares[i] == SIZE_MAX)
            keys[i].link = 0;
}

// Decides what the id of an item is by the feed's choice.
static void choose_id(struct item_keys *k, const struct hash_key *key, enum identity_choice choice, bool is_volatile)
{
    uint64_t by_text = cut_48(of_numbers(key, k->content, 0x7E87));
    uint64_t by_link = k->link ? k->link : by_text;
    switch (choice) {
    case IDENTITY_AUTO:
        if (is_volatile || !k->id)
            k->id = by_link;
        break;
    case IDENTITY_ID:
        if (!k->id)
            k->id = by_link;
        else
            k->link = 0;
        break;
    case IDENTITY_LINK: k->id = k->link || !k->id ? by_link : k->id; break;
    case IDENTITY_TEXT:
        k->id = by_text;
        k->link = 0;
        break;
    }
    k->pair = cut_48(of_numbers(key, k->id, k->link ? k->link : k->content));
    k->link = mark_link(k->link); // made into ids it was whole
}

void identity_keys(const struct document *doc, const struct hash_key *key, enum identity_choice choice,
                   bool is_volatile, bool *one_link, struct item_keys *out, struct arena *a)
{
    uint64_t site = doc->meta.link.n ? address_key(key, str_trim(doc->meta.link), a) : 0;
    for (size_t i = 0; i < doc->n_items; i++)
        out[i] = keys_of(&doc->items[i], site, key, a);
    if (choice != IDENTITY_LINK)
        drop_shared_links(out, doc->n_items, is_volatile, one_link, a);
    for (size_t i = 0; i < doc->n_items; i++)
        choose_id(&out[i], key, choice, is_volatile);
}
