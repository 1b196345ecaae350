using Microsoft.AspNetCore.Http;

namespace Yunnao.Services.Imaging.Web;

/// <summary>WADO-URI (PS3.18, 9): one instance by its UIDs in the query, as a file or as a picture.</summary>
internal sealed class WadoUriEndpoint(RenderEndpoints render)
{
    public async Task GetAsync(HttpContext http, ArchiveView view)
    {
        var query = http.Request.Query;
        if (query["requestType"] != "WADO" || query["objectUID"].ToString() is not { Length: > 0 } instance)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status400BadRequest, "imaging.query-parameter", "WADO-URI needs requestType=WADO, studyUID, seriesUID and objectUID.").ConfigureAwait(false);
            return;
        }

        if (view.Find(query["seriesUID"].ToString(), instance) is not [var found])
        {
            await RetrieveEndpoints.NotFoundAsync(http).ConfigureAwait(false);
            return;
        }

        if (query["contentType"].ToString() is "" or "application/dicom" or "*/*") await RetrieveEndpoints.WriteFileAsync(http, view, found, [query["transferSyntax"] is { Count: > 0 } syntax ? syntax.ToString() : "*"]).ConfigureAwait(false);
        else await render.ObjectAsync(http, view, found).ConfigureAwait(false);
    }
}
