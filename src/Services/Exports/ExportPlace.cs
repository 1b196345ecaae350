using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Yunnao.Kernel;
using Yunnao.Lake.S3;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Exports;

/// <summary>
/// A bucket, configured by name, into which finished exports are pushed: <c>PREFIX/EXPORT/file</c>, the manifest last, so that who sees it sees all.
/// A file that is there already with its hash is not sent again: what was cut off goes on.
/// </summary>
public sealed class ExportPlace(S3Place place, FileSeal seal)
{
    private const string HashName = "sha256";

    /// <summary>Pushes an export. Problem: <c>export.place</c>.</summary>
    /// <param name="id">Of the export.</param>
    public async Task<Problem?> PushAsync(string id, ExportManifest manifest, string folder, Action<string, double> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(report);
        try
        {
            using var client = place.Connect();
            using var transfer = new TransferUtility(client);
            var done = 0;
            foreach (var file in manifest.Files)
            {
                report(file.Name, (double)done++ / manifest.Files.Count);
                if (await HashAsync(client, KeyOf(id, file.Name), cancellation).ConfigureAwait(false) == file.Sha256) continue;
                var kept = File.OpenRead(Path.Combine(folder, file.Name));
                if (!(file.ClearSha256 is null ? seal.Open(kept, ExportFolder.PlaceOf(folder, file.Name)) : kept).Try(out var bytes, out var problem)) return problem;
                await using (bytes.ConfigureAwait(false)) await SendAsync(transfer, KeyOf(id, file.Name), bytes, file.Sha256, cancellation).ConfigureAwait(false);
            }

            foreach (var name in (string[])[ManifestSignature.FileName, ExportManifest.FileName])
            {
                var bytes = File.OpenRead(Path.Combine(folder, name));
                await using (bytes.ConfigureAwait(false)) await SendAsync(transfer, KeyOf(id, name), bytes, null, cancellation).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception e) when (e is Amazon.Runtime.AmazonServiceException or Amazon.Runtime.AmazonClientException or HttpRequestException or IOException)
        {
            return new(ProblemKind.Unavailable, "export.place", "The files could not be pushed to the place; they are kept, and the job goes on where it was when it is asked for again.", new(place.ToString()));
        }
    }

    private string KeyOf(string id, string name) => $"{place.Prefix}{id}/{name}";

    private Task SendAsync(TransferUtility transfer, string key, Stream bytes, string? hash, CancellationToken cancellation)
    {
        var request = new TransferUtilityUploadRequest { BucketName = place.Bucket, Key = key, InputStream = bytes, AutoCloseStream = false };
        if (hash is not null) request.Metadata[HashName] = hash;
        return transfer.UploadAsync(request, cancellation);
    }

    private async Task<string?> HashAsync(IAmazonS3 client, string key, CancellationToken cancellation)
    {
        try
        {
            GetObjectMetadataResponse found = await client.GetObjectMetadataAsync(place.Bucket, key, cancellation).ConfigureAwait(false);
            return found.Metadata[HashName];
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
