{{- if eq .Values.platform "envoy-gateway" }}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyExtensionPolicy
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "edge-filters.labels" . | nindent 4 }}
spec:
  targetRefs: {{- toYaml .Values.targetRefs | nindent 2 }}
  # The list is the order in which requests pass.
  wasm:
  {{- range include "edge-filters.loaded" . | fromYamlArray }}
  {{- $image := dict "root" $ "name" .name }}
  - name: {{ .name }}
    rootID: {{ .name }}
    code:
      type: Image
      image:
        url: {{ include "edge-filters.url" $image }}
        {{- with include "edge-filters.sha256" $image }}
        sha256: {{ . | quote }}
        {{- end }}
        {{- with $.Values.image.pullSecret }}
        pullSecretRef: {name: {{ . }}}
        {{- end }}
      pullPolicy: {{ $.Values.image.pullPolicy }}
    failOpen: {{ eq .failStrategy "FAIL_OPEN" }}
    config: {{- toYaml .config | nindent 6 }}
  {{- end }}
{{- end }}
