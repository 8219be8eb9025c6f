{{- if eq .Values.platform "istio-traffic-extension" }}
{{- range include "edge-filters.loaded" . | fromYamlArray }}
---
apiVersion: extensions.istio.io/v1alpha1
kind: TrafficExtension
metadata:
  name: {{ $.Release.Name }}-{{ .name }}
  namespace: {{ $.Release.Namespace }}
  labels: {{- include "edge-filters.labels" $ | nindent 4 }}
spec:
  targetRefs: {{- toYaml $.Values.targetRefs | nindent 2 }}
  phase: {{ .phase }}
  priority: {{ .priority | int }}
  wasm:
    {{- include "edge-filters.module" (dict "root" $ "name" .name "failStrategy" .failStrategy) | nindent 4 }}
    pluginConfig: {{- toYaml .config | nindent 6 }}
{{- end }}
{{- end }}
