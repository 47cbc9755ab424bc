//! As much of JSON Schema as the OpenAPI document uses.

use serde_json::Value;

/// Says what in `value` does not fit `schema`.
pub fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    check(document, schema, value, "$", &mut Vec::new())
}

/// As [`fits`]; a field that the schema does not name is a misfit as well, at the top and wherever items are listed.
pub fn fits_whole(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let mut known = Vec::new();
    check(document, schema, value, "$", &mut known)?;
    match value.as_object() {
        Some(members) if !known.is_empty() => members
            .keys()
            .find(|name| !known.contains(name))
            .map_or(Ok(()), |name| Err(format!("$.{name} is not described"))),
        _ => Ok(()),
    }
}

fn check(
    document: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    known: &mut Vec<String>,
) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let target = document.pointer(pointer).ok_or_else(|| format!("{reference} is not there"))?;
        check(document, target, value, at, known)?;
    }
    if let Some(parts) = schema["allOf"].as_array() {
        for part in parts {
            check(document, part, value, at, known)?;
        }
    }
    for alternatives in [&schema["oneOf"], &schema["anyOf"]] {
        let Some(alternatives) = alternatives.as_array() else { continue };
        let fitting =
            alternatives.iter().filter(|part| check(document, part, value, at, &mut Vec::new()).is_ok());
        if fitting.count() != 1 {
            return Err(format!("{at} fits not exactly one alternative"));
        }
    }
    check_type(&schema["type"], value, at)?;
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return Err(format!("{at} is none of the listed values"));
    }
    if let (Some(items), Some(item_schema)) = (value.as_array(), schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            fits_whole(document, item_schema, item).map_err(|misfit| format!("{at}[{index}]: {misfit}"))?;
        }
    }
    let Some(members) = value.as_object() else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            return Err(format!("{at}.{name} is missing"));
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        known.push(name.clone());
        if let Some(member) = members.get(name) {
            fits(document, property, member).map_err(|misfit| format!("{at}.{name}: {misfit}"))?;
        }
    }
    Ok(())
}

fn check_type(types: &Value, value: &Value, at: &str) -> Result<(), String> {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    let fits = match types {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    };
    if fits { Ok(()) } else { Err(format!("{at} is not of type {types}")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn misfits_are_found() {
        let document = json!({"components": {"schemas": {
            "Page": {"type": "object", "required": ["total"], "properties": {"total": {"type": "integer"}}},
            "List": {"allOf": [{"$ref": "#/components/schemas/Page"}, {"properties": {
                "items": {"type": "array", "items": {"type": ["string", "null"], "enum": ["a", null]}},
            }}]},
        }}});
        let schema = json!({"$ref": "#/components/schemas/List"});
        let misfit = |value: Value| fits_whole(&document, &schema, &value).unwrap_err();
        assert_eq!(fits_whole(&document, &schema, &json!({"total": 1, "items": ["a", null]})), Ok(()));
        assert_eq!(misfit(json!({"items": []})), "$.total is missing");
        assert_eq!(misfit(json!({"total": "1"})), "$.total: $ is not of type \"integer\"");
        assert_eq!(misfit(json!({"total": 1, "more": 2})), "$.more is not described");
        assert_eq!(fits(&document, &schema, &json!({"total": 1, "more": 2})), Ok(()));
        assert!(misfit(json!({"total": 1, "items": ["b"]})).contains("none of the listed values"));
        assert!(misfit(json!([])).contains("not of type"));
    }
}
