"""The words that a read statement is made of: clauses, operators, functions and procedures.

What is not here is refused, whatever it is.
"""

from __future__ import annotations

from cypher.url import Dialect

STARTS = frozenset({"MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL"})
"""What a statement, a part of a UNION or a subquery may begin with."""

BETWEEN = STARTS | {
    "WHERE", "ORDER", "SKIP", "OFFSET", "LIMIT", "UNION", "YIELD", "AS",
    "AND", "OR", "XOR", "NOT", "IN", "IS", "STARTS", "ENDS", "CONTAINS",
    "ASC", "ASCENDING", "DESC", "DESCENDING", "WHEN", "THEN", "ELSE", "END",
    "PATH", "PATHS", "GROUP", "GROUPS",
}  # fmt: skip
"""What may follow an operand: the words that join operands, and those that begin a clause."""

BEFORE = STARTS | {
    "WHERE", "BY", "DISTINCT", "NOT", "CASE", "WHEN", "ALL", "ANY", "SHORTEST", "TRAIL", "ACYCLIC",
    "WSHORTEST",
}  # fmt: skip
"""What may stand where an operand is expected, and expects one itself."""

ENDING = frozenset({"ASC", "ASCENDING", "DESC", "DESCENDING", "END"})
"""Words of `BETWEEN` that end an operand."""

SUBQUERIES = frozenset({"EXISTS", "COUNT", "COLLECT"})
"""What makes a subquery of the braces behind it."""

PATH_FUNCTIONS = frozenset({"shortestpath", "allshortestpaths"})

_BOTH = frozenset({
    "avg", "collect", "count", "max", "min", "percentilecont", "percentiledisc", "stdev", "stdevp",
    "sum", "coalesce", "nullif", "exists", "size", "length", "label", "labels", "type", "id",
    "elementid", "properties", "keys", "nodes", "relationships", "rels", "startnode", "endnode",
    "start_node", "end_node", "head", "last", "tail", "range", "reverse", "reduce", "all", "any",
    "none", "single", "abs", "ceil", "ceiling", "floor", "round", "sign", "sqrt", "cbrt", "exp",
    "log", "log2", "log10", "ln", "pow", "e", "pi", "sin", "cos", "tan", "cot", "asin", "acos",
    "atan", "atan2", "degrees", "radians", "left", "right", "substring", "trim", "ltrim", "rtrim",
    "replace", "split", "tolower", "toupper", "lower", "upper", "tostring", "tointeger", "tofloat",
    "toboolean", "tostringornull", "tointegerornull", "tofloatornull", "tobooleanornull", "date",
})  # fmt: skip

_NEO4J = _BOTH | PATH_FUNCTIONS | frozenset({
    "btrim", "char_length", "character_length", "isempty", "isnan", "haversin", "rand",
    "randomuuid", "timestamp", "tobooleanlist", "tofloatlist", "tointegerlist", "tostringlist",
    "valuetype", "datetime", "localdatetime", "localtime", "time", "duration", "duration.between",
    "duration.indays", "duration.inmonths", "duration.inseconds", "date.truncate",
    "datetime.truncate", "vector.similarity.cosine", "vector.similarity.euclidean",
})  # fmt: skip

_LADYBUG = _BOTH | frozenset({
    "array_append", "array_cat", "array_concat", "array_contains", "array_cosine_similarity",
    "array_cross_product", "array_distance", "array_dot_product", "array_extract", "array_has",
    "array_indexof", "array_inner_product", "array_position", "array_prepend", "array_push_back",
    "array_push_front", "array_slice", "array_squared_distance", "array_value", "list_any_value",
    "list_append", "list_cat", "list_concat", "list_contains", "list_creation", "list_distinct",
    "list_element", "list_extract", "list_filter", "list_has", "list_has_all", "list_has_any",
    "list_indexof", "list_max", "list_min", "list_position", "list_prepend", "list_product",
    "list_reduce", "list_reverse", "list_reverse_sort", "list_slice", "list_sort", "list_sum",
    "list_to_string", "list_transform", "list_unique", "element_at", "cardinality", "greatest",
    "least", "ifnull", "hash", "md5", "sha256", "levenshtein", "cast", "string", "date_part",
    "date_trunc", "datepart", "datetrunc", "dayname", "monthname", "last_day", "make_date",
    "century", "current_date", "current_timestamp", "timestamp", "epoch_ms", "to_epoch_ms",
    "interval", "duration", "concat", "concat_ws", "contains", "starts_with", "ends_with", "prefix",
    "suffix", "initcap", "lcase", "ucase", "lpad", "rpad", "repeat", "split_part", "string_split",
    "str_split", "string_to_array", "substr", "octet_length", "regexp_matches", "regexp_full_match",
    "regexp_replace", "regexp_extract", "regexp_extract_all", "regexp_split_to_array",
    "bitwise_and", "bitwise_or", "bitwise_xor", "bitshift_left", "bitshift_right", "even",
    "factorial", "gamma", "lgamma", "negate", "equals", "not_equals", "greater_than",
    "greater_than_equals", "less_than", "less_than_equals", "count_if", "constant_or_null",
    "histogram", "is_trail", "is_acyclic", "cost", "offset", "rowid", "map", "map_extract",
    "map_keys", "map_values", "struct_extract", "struct_pack", "typeof", "to_bool", "to_double",
    "to_float", "to_int8", "to_int16", "to_int32", "to_int64", "to_int128", "to_string", "to_date",
    "to_timestamp", "to_years", "to_months", "to_days", "to_hours", "to_minutes", "to_seconds",
    "random", "gen_random_uuid",
})  # fmt: skip

FUNCTIONS: dict[Dialect, frozenset[str]] = {Dialect.NEO4J: _NEO4J, Dialect.LADYBUG: _LADYBUG}
"""The functions that a statement may call, in small letters: those that only compute."""

PROCEDURES: dict[Dialect, frozenset[str]] = {
    Dialect.NEO4J: frozenset(
        {
            "db.labels",
            "db.relationshiptypes",
            "db.propertykeys",
            "db.schema.nodetypeproperties",
            "db.schema.reltypeproperties",
        }
    ),
    Dialect.LADYBUG: frozenset({"show_tables", "table_info", "show_connection"}),
}
"""The procedures that a statement may call, in small letters: those that say what the graph has."""
