#!/bin/sh
# SPDX-License-Identifier: MIT
#
# purity.sh OBJECT...: the purity law. Prints each undefined symbol of the pure objects that reaches for time, files,
# sockets, threads, randomness, an event loop, a transfer, SQL or a log, and fails if there is one.
set -u
time='time|gettimeofday|clock|clock_gettime|clock_nanosleep|nanosleep|sleep|usleep|localtime|localtime_r|gmtime|gmtime_r|mktime|timegm|strftime|strptime|tzset|timer_.*|timerfd_.*'
file='f?open(at|64)?|openat64|creat|f?read|f?write|pread|pwrite|close|fclose|f?stat(64|at)?|lstat|fgets|getline|unlink|rename|mkdir|opendir|readdir|mmap|access|readlink|printf|__printf_chk|puts|putchar|fprintf|__fprintf_chk|fputs|fputc|fwrite|vprintf|vfprintf|perror|stdout|stderr|stdin|getenv|secure_getenv|setlocale|system|popen|fork|exec.*|xmlReadFile|xmlParseFile|xmlCreateURLParserCtxt'
net='socket|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|getaddrinfo|gethostbyname.*|select|poll|epoll_.*'
thread='pthread_.*|thrd_.*|mtx_.*|sem_.*'
random='rand|rand_r|random|srand|srandom|drand48|getrandom|getentropy|arc4random.*|RAND_.*'
loop='uv_.*|curl_easy_.*|curl_multi_.*|curl_global_.*|ares_.*|MHD_.*'
other='sqlite3_.*|PQ.*|v?syslog|openlog|sd_.*|exit|_exit'
deny="^($time|$file|$net|$thread|$random|$loop|$other)$"
status=0
for object in "$@"; do
    bad=$(nm -u --format=posix "$object" | awk '{ print $1 }' | sed 's/@.*//' | grep -E "$deny" || true)
    for symbol in $bad; do
        echo "purity: $object imports $symbol" >&2
        status=1
    done
done
[ $status -eq 0 ] && echo "purity: $# pure objects, none reaches outside"
exit $status
