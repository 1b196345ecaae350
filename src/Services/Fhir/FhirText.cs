using System.Text.Encodings.Web;
using System.Text.Json;

namespace Yunnao.Services.Fhir;

/// <summary>How resources are written. They are no part of pages (their media type says so, and browsers are told not to guess), so that a plus of a time zone need not be escaped.</summary>
internal static class FhirText
{
    public static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
