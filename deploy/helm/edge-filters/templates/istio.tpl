{{- if eq .Values.platform "istio" }}
{{- range include "edge-filters.loaded" . | fromYamlArray }}
---
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata:
  name: {{ $.Release.Name }}-{{ .name }}
  namespace: {{ $.Release.Namespace }}
  labels: {{- include "edge-filters.labels" $ | nindent 4 }}
spec:
  targetRefs: {{- toYaml $.Values.targetRefs | nindent 2 }}
  {{- include "edge-filters.module" (dict "root" $ "name" .name "failStrategy" .failStrategy) | nindent 2 }}
  phase: {{ .phase }}
  priority: {{ .priority | int }}
  pluginConfig: {{- toYaml .config | nindent 4 }}
{{- end }}
{{- end }}
