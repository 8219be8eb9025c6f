{{- if eq .Values.platform "higress" }}
{{- range include "edge-filters.loaded" . | fromYamlArray }}
---
apiVersion: extensions.higress.io/v1alpha1
kind: WasmPlugin
metadata:
  name: {{ $.Release.Name }}-{{ .name }}
  namespace: {{ $.Release.Namespace }}
  labels: {{- include "edge-filters.labels" $ | nindent 4 }}
spec:
  {{- include "edge-filters.module" (dict "root" $ "name" .name "failStrategy" .failStrategy) | nindent 2 }}
  phase: {{ .phase }}
  priority: {{ .priority | int }}
  # For all routes. No matchRules: the filters' own rules say what they apply to.
  defaultConfig: {{- toYaml .config | nindent 4 }}
{{- end }}
{{- end }}
