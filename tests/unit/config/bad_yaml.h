#pragma once

#include <string_view>

#include "tests/unit/config/bad_text.h"

// Texts that are no YAML as we take it. What the words in capitals stand for: see refusals_test.cpp.

namespace tidegate::config {

using namespace std::string_view_literals;

inline const BadText kBadYaml[] = {
    {"empty", ""sv, "1:1: the file says nothing; expected a mapping with llm"},
    {"blank",
     " \n"
     "\n"sv,
     "1:1: the file says nothing; expected a mapping with llm"},
    {"comment_only", "# nothing\n"sv, "1:1: the file says nothing; expected a mapping with llm"},
    {"document_start_only", "---\n"sv, "1:1: the file says nothing; expected a mapping with llm"},
    {"null_top", "~\n"sv, "1:1: the file says nothing; expected a mapping with llm"},
    {"text_top", "KEY\n"sv,
     "1:1: a single value stands here; expected a mapping with llm, gateway, upstream, queue, retry, log"},
    {"quoted_text_top", "\"KEY\"\n"sv,
     "1:1: a text in quotes stands here; expected a mapping with llm, gateway, upstream, queue, retry, log"},
    {"list_top",
     "- KEY\n"
     "- b\n"sv,
     "1:1: a list stands here; expected a mapping with llm, gateway, upstream, queue, retry, log"},
    {"number_top", "42\n"sv,
     "1:1: a single value stands here; expected a mapping with llm, gateway, upstream, queue, retry, log"},
    {"invalid_utf8",
     "llm:\n"
     "  # \xff\n"sv,
     "2:5: the bytes here are no UTF-8; expected a text in UTF-8"},
    {"overlong_utf8", "a: \xc0\xaf\n"sv, "1:4: the bytes here are no UTF-8; expected a text in UTF-8"},
    {"surrogate", "a: \xed\xa0\x80\n"sv, "1:4: the bytes here are no UTF-8; expected a text in UTF-8"},
    {"beyond_unicode", "a: \xf4\x90\x80\x80\n"sv, "1:4: the bytes here are no UTF-8; expected a text in UTF-8"},
    {"cut_utf8", "a: \xe2\x82"sv, "1:4: the bytes here are no UTF-8; expected a text in UTF-8"},
    {"utf16",
     "\xff\xfel\0"
     "l\0"
     ""sv,
     "1:1: the bytes here are no UTF-8; expected a text in UTF-8"},
    {"nul",
     "a: b\0"
     "c\n"sv,
     "1:5: the control character U+0000 stands here; expected visible text"},
    {"control_byte", "a: \x1b[31m\n"sv, "1:4: the control character U+001B stands here; expected visible text"},
    {"end_of_transmission",
     "a: 1\n"
     "\x04\n"sv,
     "2:1: the control character U+0004 stands here; expected visible text"},
    {"delete", "a: \x7f\n"sv, "1:4: the control character U+007F stands here; expected visible text"},
    {"c1_control", "a: \xc2\x85\n"sv, "1:4: the control character U+0085 stands here; expected visible text"},
    {"column_counts_characters", "\xc3\xa9: \xc3\xbc\x01\n"sv,
     "1:5: the control character U+0001 stands here; expected visible text"},
    {"second_bom", "a: \xef\xbb\xbf\n"sv, "1:4: the control character U+FEFF stands here; expected visible text"},
    {"lone_cr", "a: 1\rb: 2\n"sv, "1:5: a carriage return stands alone; expected lines that end in LF or CR LF"},
    {"tab_indent",
     "llm:\n"
     "\tprovider: openapi\n"sv,
     "2:1: a tab indents this line; expected spaces"},
    {"tab_after_spaces",
     "llm:\n"
     "  \tprovider: openapi\n"sv,
     "2:3: a tab indents this line; expected spaces"},
    {"directive",
     "%YAML 1.2\n"
     "---\n"
     "llm:\n"sv,
     "1:1: a YAML directive stands here; expected plain YAML without directives"},
    {"tag_directive",
     "%TAG ! tag:x,2000:\n"
     "---\n"
     "llm:\n"sv,
     "1:1: a YAML directive stands here; expected plain YAML without directives"},
    {"two_documents",
     "GUIDE---\n"
     "a: 1\n"sv,
     "8:1: the first YAML document ends here and more follows; expected one"},
    {"text_after_document_end",
     "GUIDE...\n"
     "KEY\n"sv,
     "9:1: the first YAML document ends here and more follows; expected one"},
    {"anchor",
     "llm: &x\n"
     "  openapi: 1\n"sv,
     "1:6: llm: a YAML anchor or alias stands here; expected a value in quotes or without & and *"},
    {"scalar_anchor",
     "llm:\n"
     "  provider: &KEY openapi\n"sv,
     "2:13: llm.provider: a YAML anchor or alias stands here; expected a value in quotes or without & and *"},
    {"key_anchor", "&a llm: 1\n"sv,
     "1:1: a YAML anchor or alias stands here; expected a value in quotes or without & and *"},
    {"alias", "llm: *x\n"sv, "1:6: a YAML anchor or alias stands here; expected a value in quotes or without & and *"},
    {"known_alias",
     "a: &x 1\n"
     "b: *x\n"sv,
     "1:4: a: a YAML anchor or alias stands here; expected a value in quotes or without & and *"},
    {"merge_alias", "<<: *x\n"sv,
     "1:5: a YAML anchor or alias stands here; expected a value in quotes or without & and *"},
    {"alias_bomb",
     "a: &a [x,x,x,x,x,x,x,x,x]\n"
     "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
     "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"sv,
     "1:4: a: a YAML anchor or alias stands here; expected a value in quotes or without & and *"},
    {"unknown_tag", "llm: !secret {a: 1}\n"sv, "1:6: llm: a YAML tag stands here; expected a value without a tag"},
    {"standard_tag",
     "llm:\n"
     "  provider: !!str openapi\n"sv,
     "2:13: llm.provider: a YAML tag stands here; expected a value without a tag"},
    {"bare_tag", "llm: ! x\n"sv, "1:6: llm: a YAML tag stands here; expected a value without a tag"},
    {"binary_tag",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: !!binary KEY\n"sv,
     "3:13: llm.openapi.apiKey: a YAML tag stands here; expected a value without a tag"},
    {"verbatim_tag", "llm: !<tag:x> KEY\n"sv, "1:6: llm: a YAML tag stands here; expected a value without a tag"},
    {"empty_tag", "llm: !!null\n"sv, "1:6: llm: a YAML tag stands here; expected a value without a tag"},
    {"unclosed_double",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: \"KEY\n"
     "    model: \"gpt-4\"\n"sv,
     "3:13: llm.openapi.apiKey: the quote is not closed; expected its end on the same line"},
    {"unclosed_double_at_end",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: \"KEY\n"sv,
     "3:13: llm.openapi.apiKey: the quote is not closed; expected its end on the same line"},
    {"unclosed_single",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: 'KEY\n"
     "    model: gpt-4\n"sv,
     "3:13: llm.openapi.apiKey: the quote is not closed; expected its end on the same line"},
    {"unclosed_in_list",
     "gateway:\n"
     "  hosts:\n"
     "    - \"a\n"
     "    - b\n"sv,
     "3:7: gateway.hosts[0]: the quote is not closed; expected its end on the same line"},
    {"escaped_closing_quote",
     "llm:\n"
     "  provider: \"openapi\\\"\n"sv,
     "2:13: llm.provider: the quote is not closed; expected its end on the same line"},
    {"quoted_over_two_lines",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: \"KEY\n"
     "      more\"\n"sv,
     "3:13: llm.openapi.apiKey: the quote is not closed; expected its end on the same line"},
    {"text_after_quote",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: \"KEY\"x\n"sv,
     "3:37: llm.openapi.apiKey: text follows the closing quote; expected the end of the value"},
    {"unknown_escape",
     "llm:\n"
     "  provider: \"\\q\"\n"sv,
     "2:16: no valid YAML (unknown escape character: q); expected KEY: VALUE lines"},
    {"escaped_nul",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: \"KEY\\0\"\n"sv,
     "3:13: llm.openapi.apiKey: an escape in the quotes makes a control character; expected visible text"},
    {"escaped_newline",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: \"KEY\\nX-Evil: 1\"\n"sv,
     "3:13: llm.openapi.apiKey: an escape in the quotes makes a control character; expected visible text"},
    {"plain_over_two_lines",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: KEY\n"
     "      more\n"sv,
     "3:13: llm.openapi.apiKey: the value goes on in the next line; expected it on one line, and quotes and brackets "
     "closed"},
    {"block_text",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: |\n"
     "      KEY\n"sv,
     "3:13: llm.openapi.apiKey: a block of lines stands here; expected a value on one line"},
    {"folded_text",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: >-\n"
     "      KEY\n"sv,
     "3:13: llm.openapi.apiKey: a block of lines stands here; expected a value on one line"},
    {"unclosed_bracket",
     "gateway:\n"
     "  hosts: [a, b\n"sv,
     "2:14: gateway.hosts[1]: no colon follows; expected KEY: VALUE, and brackets closed"},
    {"unclosed_bracket_then_key",
     "gateway:\n"
     "  hosts: [a\n"
     "llm: b\n"sv,
     "2:11: gateway.hosts[0]: the value goes on in the next line; expected it on one line, and quotes and brackets "
     "closed"},
    {"unclosed_brace", "llm: {provider: openapi\n"sv,
     "2:1: no valid YAML (end of map flow not found); expected KEY: VALUE lines"},
    {"stray_bracket",
     "llm:\n"
     "]\n"sv,
     "2:1: no valid YAML (illegal flow end); expected KEY: VALUE lines"},
    {"trailing_brace", "GUIDE}\n"sv, "8:1: no valid YAML (illegal flow end); expected KEY: VALUE lines"},
    {"colon_in_plain",
     "llm:\n"
     "  provider: open: api\n"sv,
     "2:17: no valid YAML (illegal map value); expected KEY: VALUE lines"},
    {"bad_indent",
     "llm:\n"
     "    provider: openapi\n"
     "  openapi: x\n"sv,
     "3:3: no valid YAML (end of map not found); expected KEY: VALUE lines"},
    {"no_colon", "llm\n"sv,
     "1:1: a single value stands here; expected a mapping with llm, gateway, upstream, queue, retry, log"},
    {"no_colon_in_mapping",
     "llm:\n"
     "  provider openapi\n"sv,
     "2:3: llm: a single value stands here; expected a mapping with provider, openapi"},
    {"no_colon_between",
     "llm:\n"
     "  provider: openapi\n"
     "  KEY\n"sv,
     "3:3: llm: no colon follows; expected KEY: VALUE, and brackets closed"},
    {"no_blank_after_colon",
     "llm:\n"
     "  provider:openapi\n"sv,
     "2:3: llm: a single value stands here; expected a mapping with provider, openapi"},
    {"key_in_flow_set", "llm: {KEY}\n"sv, "1:7: llm: no colon follows; expected KEY: VALUE, and brackets closed"},
    {"at_sign",
     "llm:\n"
     "  provider: @x\n"sv,
     "2:13: no valid YAML (unknown token); expected KEY: VALUE lines"},
    {"backtick",
     "llm:\n"
     "  provider: `x`\n"sv,
     "2:13: no valid YAML (unknown token); expected KEY: VALUE lines"},
    {"percent",
     "llm:\n"
     "  provider: %x\n"sv,
     "2:13: no valid YAML (unknown token); expected KEY: VALUE lines"},
    {"empty_key",
     "llm:\n"
     "  : x\n"sv,
     "2:3: llm: a key is missing; expected KEY: VALUE"},
    {"list_as_key",
     "? [a]\n"
     ": 1\n"sv,
     "1:3: a list or mapping stands where a key must; expected KEY: VALUE"},
    {"mapping_as_key",
     "? {a: 1}\n"
     ": 1\n"sv,
     "1:3: a list or mapping stands where a key must; expected KEY: VALUE"},
    {"complex_key",
     "? llm\n"
     ": 1\n"sv,
     "1:3: no colon follows; expected KEY: VALUE, and brackets closed"},
    {"doubled_top",
     "GUIDEllm:\n"
     "  provider: openapi\n"sv,
     "8:1: llm: the key is here twice; expected each key once"},
    {"doubled_section",
     "queue: {}\n"
     "queue: {}\n"sv,
     "2:1: queue: the key is here twice; expected each key once"},
    {"doubled_key",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: KEY\n"
     "    apiKey: KEY\n"sv,
     "4:5: llm.openapi.apiKey: the key is here twice; expected each key once"},
    {"doubled_quoted_key",
     "log:\n"
     "  level: info\n"
     "  \"level\": info\n"sv,
     "3:3: log.level: the key is here twice; expected each key once"},
    {"doubled_in_list",
     "gateway:\n"
     "  clients:\n"
     "    - name: a\n"
     "      key: KEY\n"
     "    - {name: b, name: c}\n"sv,
     "5:17: gateway.clients[1].name: the key is here twice; expected each key once"},
};

}  // namespace tidegate::config
