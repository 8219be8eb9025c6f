{{/* The filters in the order in which requests pass them; responses pass them from the end. By phase, then the higher priority first. */}}
{{- define "edge-filters.places" -}}
- {name: edge-suite, phase: AUTHN, priority: 1000}
- {name: jwt-auth, phase: AUTHN, priority: 1000}
- {name: rate-limit, phase: AUTHZ, priority: 900}
- {name: geo-routing, phase: AUTHZ, priority: 800}
- {name: compression-negotiation, phase: STATS, priority: 200}
- {name: cache-headers, phase: STATS, priority: 100}
{{- end }}

{{/* The places of those that are to be loaded, with what the values say of them. */}}
{{- define "edge-filters.loaded" -}}
{{- $loaded := list }}
{{- $reloads := hasPrefix "istio" .Values.platform }}
{{- range include "edge-filters.places" . | fromYamlArray }}
{{- $filter := index $.Values.filters .name }}
{{- if and $filter (dig "enabled" true $filter) }}
{{- $strategy := $filter.failStrategy | default $.Values.failStrategy | default (ternary "FAIL_RELOAD" "FAIL_CLOSE" $reloads) }}
{{- if and (eq $strategy "FAIL_RELOAD") (not $reloads) }}
{{- fail (printf "values: failStrategy: found FAIL_RELOAD, expected FAIL_CLOSE or FAIL_OPEN: %s knows no other" $.Values.platform) }}
{{- end }}
{{- $loaded = append $loaded (mergeOverwrite . (omit $filter "enabled") (dict "failStrategy" $strategy)) }}
{{- end }}
{{- end }}
{{- if not $loaded }}
{{- fail "values: filters: found none, expected at least one filter with its config" }}
{{- end }}
{{- if and (eq (first $loaded).name "edge-suite") (gt (len $loaded) 1) }}
{{- fail "values: filters: found edge-suite beside others, expected the five or edge-suite, which holds them all" }}
{{- end }}
{{- toYaml $loaded }}
{{- end }}

{{- define "edge-filters.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "edge-filters.url" -}}
oci://{{ .root.Values.image.repository }}/{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* The digest of a filter's image in hexadecimal digits, or nothing. */}}
{{- define "edge-filters.sha256" -}}
{{ index .root.Values.image.digests .name | default "" | trimPrefix "sha256:" }}
{{- end }}

{{/* What the three plugin kinds of Istio and Higress have in common. */}}
{{- define "edge-filters.module" -}}
url: {{ include "edge-filters.url" . }}
{{- with include "edge-filters.sha256" . }}
sha256: {{ . | quote }}
{{- end }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
{{- with .root.Values.image.pullSecret }}
imagePullSecret: {{ . }}
{{- end }}
failStrategy: {{ .failStrategy }}
pluginName: {{ .name }}
{{- end }}
