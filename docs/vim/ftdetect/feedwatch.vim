autocmd BufNewFile,BufRead *.rules,feedwatch.conf,*/feedwatch/*.conf setfiletype feedwatch
