using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace Yunnao.Services.Fhir;

/// <summary>Resources as XML (FHIR R4, 2.6.1), from their JSON by Firely's model, which knows the order of the elements.</summary>
internal static class FhirXml
{
    private static readonly BaseFhirJsonDeserializer s_reader = new(ModelInfo.ModelInspector);
    private static readonly BaseFhirXmlSerializer s_writer = new(ModelInfo.ModelInspector);

    /// <param name="json">A resource as UTF-8 JSON. What its model finds wrong in it is given all the same: the form changes nothing.</param>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        s_reader.TryDeserializeResource(ref reader, out var resource, out _);
        return s_writer.SerializeToBytes(resource ?? throw new InvalidOperationException("What was written is no resource."));
    }
}
