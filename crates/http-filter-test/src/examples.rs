/// The YAML examples of a Markdown text: what stands in its fenced `yaml` blocks, in order.
pub fn yaml_examples(markdown: &str) -> Vec<&str> {
    markdown
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect()
}
