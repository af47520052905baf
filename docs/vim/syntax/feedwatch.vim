" SPDX-License-Identifier: MIT
" Vim syntax of feedwatchd's configuration and rules. Copy docs/vim/* into ~/.vim/.
if exists('b:current_syntax')
  finish
endif
syn match  fwComment   /\(^\|\s\)\zs#.*$/
syn region fwString    start=/"/ skip=/\\./ end=/"/ oneline
syn region fwRegex     start=#\(^\|[ (,:-]\)\zs/\ze\S# skip=#\\.# end=#/i\?# oneline
syn keyword fwBlock    rule set list feed webhook mail file include
syn keyword fwProperty title when unless severity tags notify throttle group feeds hours on was note test contained
syn match  fwPropLine  /^\s\+\l[a-z-]*/ contains=fwProperty
syn keyword fwOperator OR AND NOT SAME OF
syn match  fwOperator  /\<O\?NEAR\/\d\+/
syn match  fwField     /\<\(title\|summary\|body\|text\|author\|category\|url\|feed\|tag\|lang\):/
syn match  fwSet       /@[[:alnum:]_.-]\+/
syn match  fwNumber    /\<\d\+\(ms\|[smhdw]\|[KMG]iB\)\>/
hi def link fwComment Comment
hi def link fwString String
hi def link fwRegex Special
hi def link fwBlock Statement
hi def link fwProperty Keyword
hi def link fwOperator Operator
hi def link fwField Type
hi def link fwSet Identifier
hi def link fwNumber Number
let b:current_syntax = 'feedwatch'
