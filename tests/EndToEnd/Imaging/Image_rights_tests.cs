using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Consents;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>DICOMweb of the server: token, purpose, Scope and audit at every endpoint, and images without their persons.</summary>
public sealed class Image_rights_tests(ImageServer server) : IClassFixture<ImageServer>
{
    private const string Octets = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*";

    // What would tell who study 1 is of.
    private static readonly string[] Telling = ["Wang", "王", "PID0001", "ACC00001", "19510101", "Li^Wei", TestImages.Root];

    /// <summary>Every endpoint that names a study, below the purpose.</summary>
    private static IEnumerable<(string Address, string Accept)> OfStudy(string study, string series, string instance)
    {
        var (s, e, i) = ($"/studies/{study}", $"/studies/{study}/series/{series}", $"/studies/{study}/series/{series}/instances/{instance}");
        foreach (var search in new[] { s + "/series", s + "/instances", e + "/instances" }) yield return ("dicom-web/{0}" + search, "application/dicom+json");
        foreach (var place in new[] { s, e, i })
        {
            yield return ("dicom-web/{0}" + place, "multipart/related; type=\"application/dicom\"; transfer-syntax=*");
            yield return ("dicom-web/{0}" + place + "/metadata", "application/dicom+json");
            yield return ("dicom-web/{0}" + place + "/rendered", "image/jpeg");
            yield return ("dicom-web/{0}" + place + "/thumbnail", "image/jpeg");
        }

        yield return ("dicom-web/{0}" + i + "/bulkdata/7FE00010", "*/*");
        yield return ("dicom-web/{0}" + i + "/frames/1", Octets);
        yield return ("dicom-web/{0}" + i + "/frames/1/rendered", "image/jpeg");
        yield return ("dicom-web/{0}" + i + "/frames/1/thumbnail", "image/jpeg");
        yield return ("wado/{0}?requestType=WADO&studyUID=" + $"{study}&seriesUID={series}&objectUID={instance}&contentType=application/dicom", "*/*");
        yield return ("wado/{0}?requestType=WADO&studyUID=" + $"{study}&seriesUID={series}&objectUID={instance}", "*/*");
        yield return ("wado/{0}?requestType=WADO&studyUID=" + $"{study}&seriesUID={series}&objectUID={instance}&contentType=image/jpeg", "*/*");
    }

    private static IEnumerable<(string Address, string Accept)> OfStudy(int study, int instance = 1) => OfStudy(TestImages.Study(study), TestImages.Series(study), TestImages.Instance(study, instance));

    [Fact]
    public async Task A_doctor_reaches_the_images_of_the_own_hospital_and_no_other_at_every_endpoint()
    {
        foreach (var (address, accept) in OfStudy(1))
        {
            using var own = await server.CallAsync(string.Format(address, "care"), "doctor", accept: accept);
            Assert.True(own.StatusCode == HttpStatusCode.OK, $"{address}: {own.StatusCode} {await own.Content.ReadAsStringAsync()}");
        }

        foreach (var (address, accept) in OfStudy(2))
        {
            using var other = await server.CallAsync(string.Format(address, "care"), "doctor", accept: accept);
            Assert.True(other.StatusCode == HttpStatusCode.NotFound, $"{address}: {other.StatusCode}");
        }

        // A study of the own hospital in the path does not lead to an instance of another one.
        foreach (var (address, accept) in OfStudy(TestImages.Study(1), TestImages.Series(2), TestImages.Instance(2, 1)).Where(a => a.Address.Contains(TestImages.Series(2), StringComparison.Ordinal)))
        {
            using var mixed = await server.CallAsync(string.Format(address, "care"), "doctor", accept: accept);
            var text = await mixed.Content.ReadAsStringAsync();
            Assert.True(mixed.StatusCode == HttpStatusCode.NotFound || text == "[]", $"{address}: {mixed.StatusCode} {text}");
        }
    }

    [Theory]
    [InlineData("manager", "management", HttpStatusCode.Forbidden)]
    [InlineData("system_administrator", "care", HttpStatusCode.Forbidden)]
    [InlineData("doctor", "research", HttpStatusCode.Forbidden)]
    [InlineData("doctor", "emergency", HttpStatusCode.Forbidden)]
    [InlineData("doctor", "nothing", HttpStatusCode.NotFound)]
    [InlineData("citizen", "self", HttpStatusCode.Forbidden, HttpStatusCode.NotFound)]
    [InlineData("citizen", "care", HttpStatusCode.Forbidden)]
    [InlineData("researcher", "care", HttpStatusCode.Forbidden)]
    [InlineData("researcher", "research", HttpStatusCode.Forbidden, HttpStatusCode.NotFound)]
    [InlineData("application", "interface", HttpStatusCode.NotFound)]
    public async Task Nobody_gets_an_image_without_a_right_for_the_purpose(string role, string purpose, params HttpStatusCode[] refusals)
    {
        foreach (var (address, accept) in OfStudy(2))
        {
            using var answer = await server.CallAsync(string.Format(address, purpose), role, accept: accept);
            Assert.True(refusals.Contains(answer.StatusCode), $"{role} {address} {purpose}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task A_search_finds_what_may_be_seen_and_nothing_else()
    {
        Assert.Equal([TestImages.Study(1), TestImages.Study(3)], (await Studies("dicom-web/care/studies", "doctor")).Order());
        Assert.Equal([TestImages.Study(1)], await Studies("dicom-web/care/studies?PatientName=Wang*", "doctor"));
        Assert.Empty(await Studies($"dicom-web/care/studies?StudyInstanceUID={TestImages.Study(2)}", "doctor"));
        Assert.Empty(await Studies("dicom-web/care/studies?PatientID=PID0002", "doctor"));
        Assert.Equal(ImageServer.Slices + 1, (await server.JsonAsync("dicom-web/care/instances", "doctor")).GetArrayLength());
        using var unnamed = await server.CallAsync("dicom-web/shared_care/studies", "doctor");
        Assert.Equal((HttpStatusCode.Forbidden, "scope.subject"), (unnamed.StatusCode, await ImageServer.CodeAsync(unnamed)));
    }

    [Fact]
    public async Task Other_hospitals_are_read_for_one_person_unless_that_person_refuses()
    {
        var subject = server.Subjects[2];
        Assert.Equal([TestImages.Study(2)], await Studies("dicom-web/shared_care/studies", "doctor", subject));
        var (address, accept) = ($"dicom-web/shared_care/studies/{TestImages.Study(2)}/metadata", "application/dicom+json");
        using (var read = await server.CallAsync(address, "doctor", accept: accept)) Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        await server.ConsentAsync(subject, "shared_care", ConsentDecision.Refused);
        try
        {
            foreach (var (one, form) in OfStudy(2))
            {
                using var refused = await server.CallAsync(string.Format(one, "shared_care"), "doctor", accept: form);
                Assert.Equal((HttpStatusCode.Forbidden, "scope.consent"), (refused.StatusCode, await ImageServer.CodeAsync(refused)));
            }

            using var search = await server.CallAsync("dicom-web/shared_care/studies", "doctor", subject: subject);
            Assert.Equal(HttpStatusCode.Forbidden, search.StatusCode);
        }
        finally
        {
            await server.ConsentAsync(subject, "shared_care", ConsentDecision.Withdrawn);
        }
    }

    [Fact]
    public async Task A_researcher_gets_consented_images_without_their_persons_at_every_endpoint()
    {
        Assert.Empty(await Studies("dicom-web/research/studies", "researcher"));
        foreach (var study in new[] { 1, 3 }) await server.ConsentAsync(server.Subjects[study], "research", ConsentDecision.Given);

        var found = await server.JsonAsync("dicom-web/research/studies?includefield=all", "researcher");
        Assert.Equal(2, found.GetArrayLength());
        AssertHidden(found.ToString());
        var (series, echo) = ((await server.JsonAsync("dicom-web/research/series?Modality=CT", "researcher"))[0], (await server.JsonAsync("dicom-web/research/series?Modality=US", "researcher"))[0]);
        var (hidden, one) = (Text(series, "0020000D"), Text(series, "0020000E"));
        var instances = await server.JsonAsync($"dicom-web/research/studies/{hidden}/series/{one}/instances", "researcher");
        Assert.Equal(ImageServer.Slices, instances.GetArrayLength());
        var second = Text(instances[1], "00080018");
        Assert.Equal(3, new[] { hidden, one, second }.Distinct().Count(u => u.StartsWith("2.25.", StringComparison.Ordinal)));

        // The same person under the same pseudonym as in the data sets.
        Assert.Equal(await server.PseudonymAsync(), Text((await server.JsonAsync($"dicom-web/research/studies/{hidden}/metadata", "researcher"))[0], "00100020"));
        foreach (var (address, accept) in OfStudy(hidden, one, second))
        {
            using var answer = await server.CallAsync(string.Format(address, "research"), "researcher", accept: accept);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            AssertHidden(Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()));
        }

        // The pixels are the pixels.
        using var file = await server.CallAsync($"dicom-web/research/studies/{hidden}/series/{one}/instances/{second}", "researcher", accept: "application/dicom; transfer-syntax=*");
        var read = DicomReader.Read(await file.Content.ReadAsByteArrayAsync()).Value.DataSet;
        Assert.True(read.TryGet(Tags.PixelData, out var pixels) && pixels.Value.Span.SequenceEqual(Pixels(2)));
        Assert.Equal((second, "YES"), (read.GetString(Tags.SopInstanceUid), read.GetString(Tags.PatientIdentityRemoved)));
        using var bulk = await server.CallAsync($"dicom-web/research/studies/{hidden}/series/{one}/instances/{second}/bulkdata/00100010", "researcher");
        Assert.Equal(HttpStatusCode.NotFound, bulk.StatusCode);

        // Neither own UIDs nor what names the person lead to the images.
        foreach (var (address, accept) in OfStudy(1))
        {
            using var answer = await server.CallAsync(string.Format(address, "research"), "researcher", accept: accept);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{address}: {answer.StatusCode}");
        }

        foreach (var key in new[] { "PatientName=Wang*", "PatientID=PID0001", "AccessionNumber=ACC00001", "StudyDate=20240202", "PatientBirthDate=19510101", "StudyDescription=CHEST*" })
        {
            using var answer = await server.CallAsync($"dicom-web/research/studies?{key}", "researcher");
            Assert.Equal((HttpStatusCode.Forbidden, "imaging.identity-key"), (answer.StatusCode, await ImageServer.CodeAsync(answer)));
        }

        // Pixels in which a name may stand are kept back, the header is not.
        Assert.Equal(1, (await server.JsonAsync($"dicom-web/research/studies/{Text(echo, "0020000D")}/metadata", "researcher")).GetArrayLength());
        var picture = Text((await server.JsonAsync($"dicom-web/research/studies/{Text(echo, "0020000D")}/instances", "researcher"))[0], "00080018");
        foreach (var (address, accept) in OfStudy(Text(echo, "0020000D"), Text(echo, "0020000E"), picture).Where(a => !a.Accept.Contains("json", StringComparison.Ordinal)))
        {
            using var answer = await server.CallAsync(string.Format(address, "research"), "researcher", accept: accept);
            Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{address}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task A_reading_is_one_event_and_so_are_a_search_and_a_refusal()
    {
        var before = (await server.AuditAsync("application", AuditKind.Read)).Count;
        foreach (var (address, accept) in OfStudy(1))
        {
            using var answer = await server.CallAsync(string.Format(address, "care"), "application", accept: accept);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var read = await server.AuditAsync("application", AuditKind.Read);
        Assert.Equal(before + 1, read.Count);
        Assert.Equal(("care", server.Subjects[1]), (read[0].Purpose, read[0].Subject));
        Assert.Contains(TestImages.Study(1), read[0].Details, StringComparison.Ordinal);
        await server.JsonAsync("dicom-web/care/studies", "application");
        Assert.Equal(2, (await server.AuditAsync("application", AuditKind.Read))[0].Rows);
        using var refused = await server.CallAsync($"dicom-web/care/studies/{TestImages.Study(2)}/metadata", "application");
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal("imaging.unknown", (await server.AuditAsync("application", AuditKind.Refusal))[0].Outcome);
    }

    [Fact]
    public async Task What_is_stored_is_of_the_organisation_of_who_stores_it()
    {
        using var doctor = await Store("dicom-web/care/studies", "doctor");
        Assert.Equal(HttpStatusCode.Forbidden, doctor.StatusCode);
        using var foreign = await Store("dicom-web/care/studies?organisation=H2", "application");
        Assert.Equal("imaging.organisation", await ImageServer.CodeAsync(foreign));
        using var own = await Store("dicom-web/care/studies", "application");
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(1, (await server.AuditAsync("application", AuditKind.Ingest))[0].Rows);

        // It is a slice of a study of the other hospital: it is kept aside, and that study stays as it was.
        using var unseen = await server.CallAsync($"dicom-web/care/studies/{TestImages.Study(2)}/metadata", "doctor");
        Assert.Equal(HttpStatusCode.NotFound, unseen.StatusCode);
        Assert.Equal(ImageServer.Slices, (await server.JsonAsync($"dicom-web/quality/studies?ModalitiesInStudy=CT&includefield=00201208", "data_engineer")).EnumerateArray().Max(s => s.GetProperty("00201208").GetProperty("Value")[0].GetInt32()));

        Task<HttpResponseMessage> Store(string address, string role)
        {
            var content = new ByteArrayContent(TestImages.Bytes(2, 9)) { Headers = { ContentType = new MediaTypeHeaderValue("application/dicom") } };
            return server.CallAsync(address, role, HttpMethod.Post, content);
        }
    }

    [Fact]
    public async Task A_doctor_signs_in_to_ohif_and_sees_the_images_of_the_own_hospital()
    {
        WebPeer.Viewer();
        const string Password = "Cabbage-and-42-kings";
        using (var browser = new Server.Browser(server.Ready.Url)) await browser.FirstSignInAsync("wang.li", server.Password, Password);
        var result = await WebPeer.Script("ohif_check.mjs", $"{server.Ready.Url}images", TestImages.Study(1), "Wang", "CHEST CT 1", $"{ImageServer.Slices}", "wang.li", Password);
        Assert.Equal(ImageServer.Slices, result.GetProperty("frames").GetInt32());
        Assert.True(result.GetProperty("shades").GetInt32() > 2, "The canvas is empty.");
        Assert.Empty(result.GetProperty("errors").EnumerateArray().Select(e => e.GetString()));
        Assert.DoesNotContain("Smith", result.GetProperty("list").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dicomweb_client_with_a_token_searches_and_retrieves()
    {
        var result = await WebPeer.Script(
            "dicomweb_client_check.mjs", $"{server.Ready.Url}dicom-web/care", TestImages.Study(1), TestImages.Series(1), TestImages.Instance(1, 3), "", "Wang*", await server.TokenAsync("doctor"));
        Assert.Equal((1, ImageServer.Slices, ImageServer.Slices), (result.GetProperty("studies").GetInt32(), result.GetProperty("instances").GetInt32(), result.GetProperty("metadata").GetInt32()));
        Assert.Equal((TestImages.Bytes(1, 3).Length, 64 * 64 * 2), (result.GetProperty("instance").GetInt32(), result.GetProperty("frame").GetInt32()));
    }

    private async Task<string[]> Studies(string address, string role, ulong? subject = null) => [.. (await server.JsonAsync(address, role, subject)).EnumerateArray().Select(s => Text(s, "0020000D"))];

    private static string Text(JsonElement set, string tag) => set.GetProperty(tag).GetProperty("Value")[0].GetString()!;

    private static void AssertHidden(string text)
    {
        foreach (var telling in Telling) Assert.DoesNotContain(telling, text, StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<byte> Pixels(int number) => DicomReader.Read(TestImages.Bytes(1, number)).Value.DataSet.TryGet(Tags.PixelData, out var pixels) ? pixels.Value.Span : default;
}
