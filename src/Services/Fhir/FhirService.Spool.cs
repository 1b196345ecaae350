using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>Resources of a type as files, for what reads all of them.</summary>
public sealed partial class FhirService
{
    /// <summary>Writes what a caller sees of a type as NDJSON; returns the files. Problems as of a search.</summary>
    /// <param name="patient">Only what is about this person; null for all.</param>
    internal async Task<Result<IReadOnlyList<string>>> SpoolAsync(FhirCall call, string type, string? patient, string folder, CancellationToken cancellation)
    {
        ulong? subject = ulong.TryParse(patient, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (!Find(type).Try(out var found, out var problem) || !(await ReadingAsync(call, subject, cancellation).ConfigureAwait(false)).Try(out var reading, out problem)) return problem;
        if (!found.Sources.Any(reading.Reaches)) return await NothingAsync(call, reading, found, subject, cancellation).ConfigureAwait(false);
        var files = new List<string>();
        foreach (var source in found.Sources.Where(reading.Reaches))
        {
            if (!reading.Table(source).Try(out var table, out problem)) return problem;
            var where = patient is null ? null : source.AboutPerson ? new SearchFilter(source, table, reading).Key(SystemColumns.Subject, patient) : new Filter.Or([]);
            var file = Path.Combine(folder, $"{source.Type}.{source.DataSet}{FhirExport.Ending}");
            if (!(await FhirExport.WriteAsync(reading, source, table, where, file, cancellation).ConfigureAwait(false)).Try(out var rows, out problem)) return problem;
            if (rows > 0) files.Add(file);
        }

        return files;
    }
}
