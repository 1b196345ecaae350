using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Web;

/// <summary>QIDO-RS (PS3.18, 10.6): searches for studies, series and instances.</summary>
internal sealed class SearchEndpoints(DicomWebOptions options)
{
    private static readonly FrozenSet<uint> OfStudy = new uint[]
    {
        0x0008_0005, 0x0008_0020, 0x0008_0030, 0x0008_0050, 0x0008_0056, 0x0008_0061, 0x0008_0090, 0x0008_0201, 0x0008_1030, 0x0008_1190, 0x0010_0010, 0x0010_0020, 0x0010_0030,
        0x0010_0040, 0x0020_000D, 0x0020_0010, 0x0020_1206, 0x0020_1208,
    }.ToFrozenSet();

    private static readonly FrozenSet<uint> OfSeries = new uint[]
    {
        0x0008_0005, 0x0008_0060, 0x0008_0201, 0x0008_103E, 0x0008_1190, 0x0020_000D, 0x0020_000E, 0x0020_0011, 0x0020_1209, 0x0040_0244, 0x0040_0245, 0x0040_0275,
    }.ToFrozenSet();

    private static readonly FrozenSet<uint> OfInstance = new uint[]
    {
        0x0008_0005, 0x0008_0016, 0x0008_0018, 0x0008_0056, 0x0008_0201, 0x0008_1190, 0x0020_000D, 0x0020_000E, 0x0020_0013, 0x0028_0008, 0x0028_0010, 0x0028_0011, 0x0028_0100,
    }.ToFrozenSet();

    public Task StudiesAsync(HttpContext http, ArchiveView view) => SearchAsync(http, view, QueryLevel.Study);

    public Task SeriesAsync(HttpContext http, ArchiveView view) => SearchAsync(http, view, QueryLevel.Series);

    public Task InstancesAsync(HttpContext http, ArchiveView view) => SearchAsync(http, view, QueryLevel.Image);

    private async Task SearchAsync(HttpContext http, ArchiveView view, QueryLevel level)
    {
        if (!SearchRequest.Of(http, level, options).Try(out var request, out var problem) || !view.Translate(request.Query).Try(out var asked, out problem))
        {
            await DicomWebEndpoints.RefuseAsync(http, problem).ConfigureAwait(false);
            return;
        }

        var root = DicomWebEndpoints.BaseUrl(http, options);
        var wanted = Wanted(request, level);
        var output = new ArrayBufferWriter<byte>(64 << 10);
        output.Write("["u8);
        var (given, more) = (0, false);
        if (asked is not null)
        {
            StudyRow? study = null;
            var blocks = new AnswerBlock(level, wanted, view.Disguise is null ? null : block => view.Disguise.Header(block, study!));
            await foreach (var answer in Answers(http, view, asked).ConfigureAwait(false))
            {
                if (given == request.Query.Limit)
                {
                    more = true;
                    break;
                }

                study = answer.Study;
                if (given++ > 0) output.Write(","u8);
                AnswerBlock.WriteJson(output, blocks.Of(answer, Added(answer, view, root)));
            }
        }

        output.Write("]"u8);
        await view.Searched(given).ConfigureAwait(false);
        if (more || request.Ignored.Count > 0) http.Response.Headers.Warning = Warning(request, more);
        http.Response.ContentType = "application/dicom+json";
        http.Response.ContentLength = output.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(output.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The matches, one more than is given, to know whether there are more. All of a series that the path names are taken as they lie, without a join.</summary>
    private static IAsyncEnumerable<ImageAnswer> Answers(HttpContext http, ArchiveView view, ImageQuery asked)
    {
        if (asked.Keys.Count != 2 || DicomWebEndpoints.Uid(http, "series") is not { } series) return view.SearchAsync(asked with { Limit = asked.Limit + 1 }, http.RequestAborted);
        return view.Find(series, null).Skip(asked.Offset).ToAsyncEnumerable();
    }

    private static Func<DicomTag, bool> Wanted(SearchRequest request, QueryLevel level)
    {
        if (request.All) return tag => tag.Group != 0x7FE0;
        var usual = level switch { QueryLevel.Study => OfStudy, QueryLevel.Series => OfSeries, _ => OfInstance };
        var above = request.IsRelational;
        return tag => usual.Contains(tag.Value) || request.Included.Contains(tag) || (above && (OfStudy.Contains(tag.Value) || (level == QueryLevel.Image && OfSeries.Contains(tag.Value))));
    }

    private static (uint, string, string)[] Added(ImageAnswer answer, ArchiveView view, string root)
    {
        var url = $"{root}/studies/{view.Uid(answer.Study!.Uid)}" + (answer.Series is { } series ? $"/series/{view.Uid(series.Uid)}" : "") + (answer.Instance is { } instance ? $"/instances/{view.Uid(instance.Uid)}" : "");
        return [(Tags.RetrieveUrl.Value, "UR", url), (Tags.InstanceAvailability.Value, "CS", "ONLINE"), (Tags.SpecificCharacterSet.Value, "CS", "ISO_IR 192")];
    }

    private static string Warning(SearchRequest request, bool more)
    {
        var texts = new List<string>();
        if (more) texts.Add($"There are more than {request.Query.Limit} matches; ask for the next with offset.");
        if (request.Ignored.Count > 0) texts.Add("These attributes do not narrow the search: " + string.Join(", ", request.Ignored.Select(t => t.ToHex())));
        return $"299 - \"{string.Join(' ', texts)}\"";
    }
}
